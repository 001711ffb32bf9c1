using System.Collections.Concurrent;
using System.Diagnostics;
using Ropeway.TestKit.History;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Kills;

/// <summary>
/// Kills a broker again and again under load, restarts it, and checks everything that its clients saw. A run is over after
/// <see cref="KillOptions.Kills"/> kills that had enough confirmed messages before them and some in flight.
/// </summary>
public sealed class KillRun
{
    private const int ExtraRoundsMax = 10;

    private readonly KillOptions _options;
    private readonly DeliveryHistory _history = new();
    private readonly EpochGate _gate = new();
    private readonly SeededRandom _random;
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly List<long> _confirmed = [];
    private readonly List<long> _inFlight = [];
    private readonly List<long> _startMs = [];
    private readonly List<KillWorker> _workers = [];
    private readonly KillChurn _churn;
    private BrokerProcess _broker;
    private int _killsDuringStart;

    private KillRun(KillOptions options)
    {
        _options = options;
        _random = new SeededRandom(options.Seed);
        var context = new KillContext(_gate, _history, _random, _failures.Enqueue);
        _churn = new KillChurn(context);
        _broker = BrokerProcess.Start(options.Launch, options.StartDeadline);
        AddWorkers(context);
    }

    /// <summary>Runs it; throws when a client lost its connection although nobody had killed the broker, or the broker did not start.</summary>
    public static KillReport Execute(KillOptions options)
    {
        var run = new KillRun(options);
        try
        {
            return run.Execute();
        }
        catch (Exception cause) when (cause is InvalidOperationException or TimeoutException or WireClosedException)
        {
            throw new InvalidOperationException($"The kill run with seed {options.Seed} failed: {cause.Message}\n--- broker's log\n{run._broker.Log}", cause);
        }
        finally
        {
            run._gate.Stop();
            run._broker.Dispose();
        }
    }

    private KillReport Execute()
    {
        KillTopology.Declare(_broker.Endpoint);
        foreach (KillWorker worker in _workers)
        {
            worker.Start();
        }

        int counted = 0;
        for (int round = 0; counted < _options.Kills; round++)
        {
            if (round >= _options.Kills + ExtraRoundsMax)
            {
                throw new InvalidOperationException("Too many kills had nothing in flight.");
            }

            counted += RunUntilKill() ? 1 : 0;
            Restart();
            _churn.Verify(_broker.Endpoint);
        }

        _gate.Stop();
        foreach (KillWorker worker in _workers)
        {
            worker.Join();
        }

        Drain();
        _history.Finish();
        return Report();
    }

    private void AddWorkers(KillContext context)
    {
        AddProducers(context, 1, KillTopology.Direct, "plain", [KillTopology.Plain], 3000);
        AddProducers(context, 3, KillTopology.Direct, "shared", [KillTopology.Shared], 2000);
        AddProducers(context, 1, KillTopology.Direct, "fetched", [KillTopology.Fetched], 500);
        AddProducers(context, 1, KillTopology.Direct, "silent", [KillTopology.Silent], 200);
        AddProducers(context, 1, KillTopology.Fanout, "", [KillTopology.Left, KillTopology.Right], 1500);
        AddProducers(context, 1, "", KillTopology.Left, [KillTopology.Left], 1000);
        var shared = new ConsumerStyle { Queue = KillTopology.Shared, Prefetch = 60, RequeueOneIn = 30 };
        ConsumerStyle[] styles =
        [
            new ConsumerStyle { Queue = KillTopology.Plain, IsStrict = true, Prefetch = 200 },
            shared with { AcksMultiple = true, ReopenOneIn = 200 },
            shared with { SettlesByPublish = true, RecoverOneIn = 100 },
            shared with { SettlesByPublish = true, AcksMultiple = true, DropOneIn = 150 },
            new ConsumerStyle { Queue = KillTopology.Fetched, Fetches = true, RequeueOneIn = 20 },
            new ConsumerStyle { Queue = KillTopology.Fetched, Prefetch = 10, RecoverOneIn = 50, HoldOneIn = 10 },
            new ConsumerStyle { Queue = KillTopology.Left, Prefetch = 300, AcksMultiple = true, IsStrict = true },
            new ConsumerStyle { Queue = KillTopology.Right, Prefetch = 1, SettlesByPublish = true, HoldOneIn = 0 },
        ];
        foreach (ConsumerStyle style in styles)
        {
            _workers.Add(new KillConsumer(context, _workers.Count, style));
        }

        _workers.Add(_churn);
    }

    private void AddProducers(KillContext context, int count, string exchange, string key, ReadOnlySpan<string> queues, int fastCount)
    {
        for (int added = 0; added < count; added++)
        {
            int producer = _workers.Count;
            _history.DeclareProducer(producer, queues);
            _workers.Add(new KillProducer(context, producer, exchange, key, fastCount, mixesTransient: added == 1));
        }
    }

    /// <summary>True when the kill counts.</summary>
    private bool RunUntilKill()
    {
        _gate.Open(_broker.Endpoint);
        long started = Stopwatch.GetTimestamp();
        while (_history.ConfirmedSinceCrash < _options.ConfirmedMin)
        {
            Pause(5);
            ThrowOnFailure();
            if (Stopwatch.GetElapsedTime(started) > 4 * TestDeadline.Value)
            {
                throw new TimeoutException($"Only {_history.ConfirmedSinceCrash} messages were confirmed.");
            }
        }

        Pause(_random.Next(0, _options.WaitMsMax));
        ThrowOnFailure();
        _gate.Close();
        _history.BeginCrash();
        _options.Crash(_broker);
        _gate.AwaitParked();
        ThrowOnFailure();
        long confirmed = _history.ConfirmedSinceCrash;
        long inFlight = _history.EndCrash();
        _confirmed.Add(confirmed);
        _inFlight.Add(inFlight);
        _options.Log($"kill {_confirmed.Count}: {confirmed} confirmed, {inFlight} in flight, {_history.ViolationCounts.Values.Sum()} violations so far");
        return inFlight > 0;
    }

    private void Restart()
    {
        BrokerLaunch launch = _broker.Launch;
        _broker.Dispose();
        if (_random.OneIn(3))
        {
            using BrokerProcess interrupted = BrokerProcess.Spawn(launch);
            Pause(_random.Next(20, 700));
            interrupted.Kill();
            _killsDuringStart++;
        }

        long started = Stopwatch.GetTimestamp();
        _broker = BrokerProcess.Start(launch, _options.StartDeadline);
        _startMs.Add((long)Stopwatch.GetElapsedTime(started).TotalMilliseconds);
    }

    private void Drain()
    {
        foreach (string queue in KillTopology.Tracked)
        {
            new KillDrain(_history, queue).Execute(_broker.Endpoint);
        }
    }

    private KillReport Report() => new()
    {
        Seed = _options.Seed,
        Kills = _confirmed.Count,
        KillsDuringStart = _killsDuringStart,
        ConfirmedPerKill = _confirmed,
        InFlightPerKill = _inFlight,
        StartMs = _startMs,
        Counts = _history.Counts,
        Violations = _history.Violations,
        ViolationCounts = _history.ViolationCounts,
        TopologyChecks = _churn.CheckCount,
    };

    private void ThrowOnFailure()
    {
        if (_failures.TryPeek(out string? failure))
        {
            throw new InvalidOperationException(failure);
        }
    }

    private static void Pause(int milliseconds)
    {
        using var never = new ManualResetEventSlim();
        never.Wait(milliseconds);
    }
}
