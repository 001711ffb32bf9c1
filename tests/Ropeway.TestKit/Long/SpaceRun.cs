using System.Diagnostics;
using Ropeway.TestKit.History;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Long;

/// <summary>
/// Publishes and consumes many times the allowed size of the data directory. Bodies from 100 octets to 64 KiB are mixed; the queue
/// is kept short. Afterwards the stuck messages must still be there.
/// </summary>
public sealed class SpaceRun : IWireEvents
{
    private const ushort Channel = 1;
    private const int Producer = 1;
    private const int BodyBytesMax = 64 * 1024;
    private const int WindowBytes = 32 * 1024 * 1024;
    private const int BacklogCountMax = 1024;
    private const string Queue = "space";

    private readonly SpaceOptions _options;
    private readonly SeededRandom _random = new(1);
    private int _stuckSeen;

    private SpaceRun(SpaceOptions options) => _options = options;

    /// <summary>Runs it; throws when a promise is broken. Gives the largest size of the data directory.</summary>
    public static long Execute(SpaceOptions options) => new SpaceRun(options).Execute();

    void IWireEvents.OnMessage(in WireDelivery delivery) =>
        _stuckSeen += MessageBody.TryRead(delivery.Body, out _, out _) ? 1 : 0;

    void IWireEvents.OnConfirm(WireConfirm confirm)
    {
        // Awaited by the later synchronous reply.
    }

    private long Execute()
    {
        using BrokerProcess broker = BrokerProcess.Start(_options.Launch);
        using var size = new PeakWatch("size", () => PeakWatch.DirectoryBytes(_options.Launch.DataDirectory));
        FillStuckQueues(broker.Endpoint);
        using WireConnection holder = WireConnection.Open(broker.Endpoint, this);
        holder.OpenChannel(Channel);
        holder.DeclareQueue(Channel, Queue);
        if (_options.HoldsHead)
        {
            PublishStuck(holder, Queue);
            holder.Get(Channel, Queue);
        }

        PushThrough(broker.Endpoint, size);
        CheckSize(size);
        if (_options.HoldsHead)
        {
            holder.CloseChannel(Channel);
            holder.OpenChannel(Channel);
            Require(holder.Get(Channel, Queue) && !holder.Get(Channel, Queue), "The message held at the head has not come back.");
        }

        ReadStuckQueues(holder);
        CheckSize(size);
        if (_options.Launch.ForeignCommand is null)
        {
            Require(broker.Stop() == 0, "The broker did not stop cleanly.\n" + broker.Log);
        }

        return size.Peak;
    }

    private void PushThrough(BrokerEndpoint endpoint, PeakWatch size)
    {
        using var publisher = new BulkPublisher(endpoint, Queue, Producer, BodyBytesMax, WindowBytes);
        using var consumer = new BulkConsumer(endpoint, Queue, Producer);
        long started = Stopwatch.GetTimestamp();
        long nextLogBytes = 0;
        long total = _options.TotalBytes;
        while (consumer.ReceivedBytes < total)
        {
            int bodyBytes = _random.Next(0, 3) switch { 0 => _random.Next(100, 4096), 1 => _random.Next(4096, 16384), _ => BodyBytesMax };
            publisher.Advance(publisher.ConfirmedCount + 512, bodyBytes);
            consumer.AdvanceTo(Math.Max(0, publisher.ConfirmedCount - BacklogCountMax)); // Through the queue, not into it.

            if (consumer.ReceivedBytes >= nextLogBytes)
            {
                nextLogBytes += total / 20;
                double seconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
                _options.Log($"{consumer.ReceivedBytes / 1_000_000:N0} MB through in {seconds:F1} s, data directory at most {size.Peak / 1_000_000:N0} MB");
                CheckSize(size);
            }
        }

        publisher.AwaitConfirms();
        consumer.AdvanceTo(publisher.PublishedCount);
        consumer.Finish();
    }

    private void FillStuckQueues(BrokerEndpoint endpoint)
    {
        if (_options.StuckQueues == 0)
        {
            return;
        }

        using WireConnection connection = WireConnection.Open(endpoint, this);
        connection.OpenChannel(Channel);
        for (int number = 0; number < _options.StuckQueues; number++)
        {
            connection.DeclareQueue(Channel, StuckName(number));
            PublishStuck(connection, StuckName(number));
        }

        connection.SetPrefetch(Channel, 1);
        connection.Close();
        _options.Log($"{_options.StuckQueues:N0} queues hold one message each");
    }

    private void ReadStuckQueues(WireConnection connection)
    {
        _stuckSeen = 0;
        for (int number = 0; number < _options.StuckQueues; number++)
        {
            connection.Get(Channel, StuckName(number));
        }

        Require(_stuckSeen == _options.StuckQueues, $"{_options.StuckQueues - _stuckSeen} of the stuck messages are gone.");
    }

    private static string StuckName(int number) => $"stuck.{number}";

    private static void PublishStuck(WireConnection connection, string queue)
    {
        byte[] body = new byte[1000];
        MessageBody.Write(body, Producer + 1, sequence: 0);
        connection.Output.Publish(Channel, new WirePublish("", queue), body, connection.FrameBytesMax);
    }

    private void CheckSize(PeakWatch size) => Require(
        size.Peak < _options.DirectoryBytesMax,
        $"The data directory reached {size.Peak:N0} octets.");

    private static void Require(bool condition, string fault)
    {
        if (!condition)
        {
            throw new InvalidOperationException(fault);
        }
    }
}
