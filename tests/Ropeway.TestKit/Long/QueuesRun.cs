using System.Diagnostics;
using System.Globalization;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Long;

/// <summary>
/// Declares very many durable queues, binds each to a topic and to a direct exchange, kills the broker, starts it, stops it cleanly,
/// starts it again, and deletes all. After each start every binding must lead to its queue.
/// </summary>
public sealed class QueuesRun
{
    private const ushort Channel = 1;
    private const string Topic = "queues.topic";
    private const string Direct = "queues.direct";
    private const string Probe = "queues.probe";
    private const int Rounds = 5;
    private const int SampleMs = 100;

    private readonly QueuesOptions _options;
    private readonly List<Figure> _figures = [];
    private readonly string[] _names;
    private readonly string[] _keys;
    private readonly string[] _probeKeys;

    private QueuesRun(QueuesOptions options)
    {
        _options = options;
        IEnumerable<int> numbers = Enumerable.Range(0, options.QueueCount);
        _names = [.. numbers.Select(number => string.Create(CultureInfo.InvariantCulture, $"queue.{number}"))];
        _keys = [.. numbers.Select(number => string.Create(CultureInfo.InvariantCulture, $"site.{number / 1000}.device.{number}.state"))];
        _probeKeys = [.. numbers.Select(number => string.Create(CultureInfo.InvariantCulture, $"site.{number / 1000}.device.{number}.probe"))];
    }

    /// <summary>Runs it; throws when a queue or binding is missing.</summary>
    /// <returns>What was measured.</returns>
    public static IReadOnlyList<Figure> Execute(QueuesOptions options) => new QueuesRun(options).Execute();

    private List<Figure> Execute()
    {
        BrokerProcess broker = BrokerProcess.Start(_options.Launch);
        try
        {
            BrokerLaunch launch = broker.Launch;
            Fill(broker);
            broker.Kill();
            broker = Restart(broker, launch, "ready after kill -9");
            CheckAll(broker.Endpoint);
            if (launch.ForeignCommand is null)
            {
                long stopping = Stopwatch.GetTimestamp();
                Require(broker.Stop() == 0, "The broker did not stop cleanly.");
                Note(new Figure("clean stop", Stopwatch.GetElapsedTime(stopping).TotalSeconds, "s"));
                broker = Restart(broker, launch, "ready after a clean stop");
                CheckAll(broker.Endpoint);
            }

            DeleteAll(broker.Endpoint);
            return _figures;
        }
        catch (Exception cause) when (cause is InvalidOperationException or TimeoutException or WireClosedException)
        {
            throw new InvalidOperationException($"{cause.Message}\n--- broker's log\n{broker.Log}", cause);
        }
        finally
        {
            broker.Dispose();
        }
    }

    private void Fill(BrokerProcess broker)
    {
        using WireConnection connection = WireConnection.Open(broker.Endpoint);
        connection.OpenChannel(Channel);
        connection.DeclareExchange(Channel, Topic, "topic");
        connection.DeclareExchange(Channel, Direct, "direct");
        double costBefore = MeasureRouting(connection, broker, "one binding");

        long emptyBytes = SettledBytes(broker);
        Note(new Figure("resident memory, empty", emptyBytes / 1e6, "MB"));
        double declareRate = Send(connection, i => connection.Output.DeclareQueue(Channel, _names[i]), WireMethod.QueueDeclareOk);
        Note(new Figure("declarations", declareRate, "a second") { AtLeast = _options.ChangesPerSecondMin });
        long queuesBytes = SettledBytes(broker);
        Note(new Figure("resident memory of a queue", PerQueue(queuesBytes - emptyBytes), "octets") { AtMost = _options.QueueBytesMax });

        NoteBindings(Topic, Send(connection, i => connection.Output.BindQueue(Channel, _names[i], Topic, _keys[i]), WireMethod.QueueBindOk));
        long topicBytes = SettledBytes(broker);
        Note(new Figure("resident memory of a topic binding", PerQueue(topicBytes - queuesBytes), "octets"));
        NoteBindings(Direct, Send(connection, i => connection.Output.BindQueue(Channel, _names[i], Direct, _keys[i]), WireMethod.QueueBindOk));
        Note(new Figure("resident memory of a direct binding", PerQueue(SettledBytes(broker) - topicBytes), "octets"));

        double costAfter = MeasureRouting(connection, broker, "all bindings");
        Note(new Figure("processor time with all bindings divided by that with one", costAfter / costBefore, "times") { AtMost = _options.RoutingRatioMax });
    }

    /// <summary>Publishes messages that take the way of all queues' patterns but only match that of one more queue, which is deleted with them.</summary>
    /// <returns>Microseconds of the broker's processor time for a message, which other load on the machine does not change much.</returns>
    private double MeasureRouting(WireConnection connection, BrokerProcess broker, string with)
    {
        using var publisher = new KeyedPublisher(broker.Endpoint);
        var rates = new double[Rounds];
        var costs = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            connection.DeclareQueue(Channel, Probe);
            connection.BindQueue(Channel, Probe, Topic, "site.*.device.*.probe");
            TimeSpan before = broker.ProcessorTime;
            rates[round] = publisher.Publish(Topic, _probeKeys, _options.RoutedCount);
            costs[round] = (broker.ProcessorTime - before).TotalMicroseconds / _options.RoutedCount;
            connection.DeleteQueue(Channel, Probe);
        }

        Note(new Figure($"publishes through the topic exchange, {with}", Median(rates), "a second"));
        Note(new Figure("processor time for each", Median(costs), "us"));
        return Median(costs);
    }

    /// <summary>Sends a message over each binding: each queue must get its two, and only these.</summary>
    private void CheckAll(BrokerEndpoint endpoint)
    {
        using (var publisher = new KeyedPublisher(endpoint))
        {
            publisher.Publish(Topic, _keys, _options.QueueCount);
            publisher.Publish(Direct, _keys, _options.QueueCount);
        }

        using WireConnection connection = WireConnection.Open(endpoint);
        connection.OpenChannel(Channel);
        PipelinedRequests.Send(
            connection,
            _options.QueueCount,
            i => connection.Output.DeclareQueue(Channel, _names[i], isPassive: true),
            (Channel, WireMethod.QueueDeclareOk),
            (number, reply) =>
            {
                reply.SkipShortString();
                Require(reply.U32() == 2, $"{_names[number]} did not get a message over each of its bindings.");
            });
    }

    private void DeleteAll(BrokerEndpoint endpoint)
    {
        using WireConnection connection = WireConnection.Open(endpoint);
        connection.OpenChannel(Channel);
        double rate = PipelinedRequests.Send(
            connection,
            _options.QueueCount,
            i => connection.Output.DeleteQueue(Channel, _names[i]),
            (Channel, WireMethod.QueueDeleteOk),
            (number, reply) => Require(reply.U32() == 2, $"{_names[number]} was not there to be deleted."));
        Note(new Figure("deletions, each with two bindings and two messages", rate, "a second"));
    }

    private BrokerProcess Restart(BrokerProcess ended, BrokerLaunch launch, string name)
    {
        ended.Dispose();
        long started = Stopwatch.GetTimestamp();
        BrokerProcess broker = BrokerProcess.Start(launch, 4 * TestDeadline.Value);
        Note(new Figure(name, Stopwatch.GetElapsedTime(started).TotalSeconds, "s") { AtMost = _options.ReadySecondsMax });
        return broker;
    }

    private double Send(WireConnection connection, Action<int> write, WireMethod reply) =>
        PipelinedRequests.Send(connection, _options.QueueCount, write, (Channel, reply));

    private double PerQueue(long bytes) => (double)bytes / _options.QueueCount;

    private void NoteBindings(string exchange, double rate) =>
        Note(new Figure($"bindings to {exchange}", rate, "a second") { AtLeast = _options.ChangesPerSecondMin });

    /// <summary>Resident memory once it has not changed by more than 1 MB for a while: collections and writes are over.</summary>
    private long SettledBytes(BrokerProcess broker)
    {
        using var pause = new ManualResetEventSlim();
        long started = Stopwatch.GetTimestamp();
        long since = started;
        long bytes = broker.ResidentBytes;
        while (Stopwatch.GetElapsedTime(since) < _options.SettlingTime && Stopwatch.GetElapsedTime(started) < TestDeadline.Value)
        {
            pause.Wait(SampleMs);
            long current = broker.ResidentBytes;
            if (Math.Abs(current - bytes) > 1_000_000)
            {
                bytes = current;
                since = Stopwatch.GetTimestamp();
            }
        }

        return broker.ResidentBytes;
    }

    private static double Median(double[] values)
    {
        Array.Sort(values);
        return values[values.Length / 2];
    }

    private void Note(Figure figure)
    {
        _figures.Add(figure);
        _options.Log(figure.ToString());
    }

    private static void Require(bool condition, string fault)
    {
        if (!condition)
        {
            throw new InvalidOperationException(fault);
        }
    }
}
