using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Ropeway.TestKit.History;
using Ropeway.TestKit.Kills;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Faults;

/// <summary>
/// One sync of a broker under load fails and takes with it what it should have made durable. The broker must end with one clear line and
/// the exit code for it, and started again without the fault it must have all that it confirmed: a confirm that left after the failure
/// would show as a loss.
/// </summary>
public sealed class FailSyncRun : IDisposable
{
    private const int CountsFillingEvery = 10; // It would hide all the others if it always counted.
    private const int ExitDataUnusable = 23; // While the data directory was opened.
    private const int ExitStoreFailed = 30;

    private readonly int _sync;
    private readonly DiskFaults _faults;
    private readonly BrokerLaunch _launch;
    private readonly TemporaryDirectory _directory = new();
    private readonly DeliveryHistory _history = new();
    private readonly EpochGate _gate = new();
    private readonly ConcurrentQueue<string> _failures = new();
    private readonly List<KillWorker> _workers = [];
    private readonly KillChurn _churn;
    private bool _hasTopology;

    private FailSyncRun(int sync)
    {
        _sync = sync;
        _faults = new DiskFaults(_directory.Path) { FailingSync = sync, CountsFilling = sync % CountsFillingEvery == 0 };
        _launch = new BrokerLaunch { DataDirectory = Path.Combine(_directory.Path, "store") };
        var context = new KillContext(_gate, _history, new SeededRandom((ulong)sync), _failures.Enqueue);
        _churn = new KillChurn(context);
        AddProducer(context, KillTopology.Direct, "plain", KillTopology.Plain);
        AddProducer(context, KillTopology.Direct, "silent", KillTopology.Silent);
        AddProducer(context, KillTopology.Fanout, "", KillTopology.Left, KillTopology.Right);
        AddConsumer(context, new ConsumerStyle { Queue = KillTopology.Plain, IsStrict = true });
        AddConsumer(context, new ConsumerStyle { Queue = KillTopology.Left, IsStrict = true, AcksMultiple = true });
        AddConsumer(context, new ConsumerStyle { Queue = KillTopology.Right, SettlesByPublish = true });
        _workers.Add(_churn);
    }

    /// <summary>Runs it; broken promises are in the report.</summary>
    /// <param name="sync">Number of the sync that fails, from 1.</param>
    public static FailSyncReport Execute(int sync)
    {
        using var run = new FailSyncRun(sync);
        return run.Execute();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _gate.Stop();
        _directory.Dispose();
    }

    private FailSyncReport Execute()
    {
        int exitCode = RunUntilItEnds();
        string? failed = _faults.Notes.SingleOrDefault();
        if (failed is not null)
        {
            CheckAfterRestart();
        }

        return new FailSyncReport(_sync, failed, exitCode, _history.Counts, [.. _failures, .. _history.Violations.Select(violation => violation.ToString())]);
    }

    private void AddProducer(KillContext context, string exchange, string key, params ReadOnlySpan<string> queues)
    {
        int producer = _workers.Count;
        _history.DeclareProducer(producer, queues);
        _workers.Add(new KillProducer(context, producer, exchange, key, fastCount: 100));
    }

    private void AddConsumer(KillContext context, ConsumerStyle style) => _workers.Add(new KillConsumer(context, _workers.Count, style));

    private int RunUntilItEnds()
    {
        using BrokerProcess broker = BrokerProcess.Spawn(_faults.On(_launch));
        bool isReady = TryWaitUntilReady(broker);
        if (isReady && (_hasTopology = TryDeclareTopology(broker.Endpoint)))
        {
            _gate.Open(broker.Endpoint, mayEnd: true);
            foreach (KillWorker worker in _workers)
            {
                worker.Start();
            }
        }

        AwaitEnd(broker);
        int exitCode = broker.WaitForExit();
        _gate.Close();
        _history.BeginCrash();
        _gate.AwaitParked();
        _history.EndCrash();
        _gate.Stop();
        CheckEnd(broker, exitCode, isReady);
        return exitCode;
    }

    private static bool TryWaitUntilReady(BrokerProcess broker)
    {
        try
        {
            broker.WaitUntilReady(4 * TestDeadline.Value);
            return true;
        }
        catch (InvalidOperationException) when (broker.HasExited)
        {
            return false;
        }
    }

    private static bool TryDeclareTopology(BrokerEndpoint endpoint)
    {
        try
        {
            KillTopology.Declare(endpoint);
            return true;
        }
        catch (Exception cause) when (cause is WireClosedException or SocketException or IOException)
        {
            return false; // The sync has failed.
        }
    }

    private static void AwaitEnd(BrokerProcess broker)
    {
        long started = Stopwatch.GetTimestamp();
        using var pause = new ManualResetEventSlim();
        while (!broker.HasExited)
        {
            if (Stopwatch.GetElapsedTime(started) > 4 * TestDeadline.Value)
            {
                throw new TimeoutException("The broker goes on although a sync failed, or too few syncs came.\n" + broker.Log);
            }

            pause.Wait(10);
        }
    }

    private void CheckEnd(BrokerProcess broker, int exitCode, bool wasReady)
    {
        if (exitCode != ExitStoreFailed && (wasReady || exitCode != ExitDataUnusable))
        {
            _failures.Enqueue($"the exit code is {exitCode}\n{broker.Log}");
        }

        if (broker.ErrorLines is not [string line] || !line.StartsWith("ropeway: ", StringComparison.Ordinal) || !line.Contains("error 5", StringComparison.Ordinal))
        {
            _failures.Enqueue("one line that names the error was expected on standard error, not: " + string.Join('\n', broker.ErrorLines));
        }
    }

    private void CheckAfterRestart()
    {
        using BrokerProcess broker = BrokerProcess.Start(_launch);
        if (_hasTopology)
        {
            _churn.Verify(broker.Endpoint);
            foreach (string queue in KillTopology.Tracked)
            {
                new KillDrain(_history, queue).Execute(broker.Endpoint);
            }

            _history.Finish();
        }

        int exitCode = broker.Stop();
        if (exitCode != 0)
        {
            _failures.Enqueue($"the broker that was started again ended with {exitCode}\n{broker.Log}");
        }
    }
}
