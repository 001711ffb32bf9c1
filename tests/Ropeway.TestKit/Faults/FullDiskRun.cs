using System.Diagnostics;
using Ropeway.TestKit.Long;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Faults;

/// <summary>
/// The disk runs full under a publisher. It must be told that the disk is the reason, a consumer must go on and have its acks settled, and
/// when there is space again everything must go on without a restart, complete, in order and confirmed.
/// </summary>
public static class FullDiskRun
{
    private const int Producer = 1;
    private const int WindowBytes = 1024 * 1024;
    private const int CalmCount = 500; // Messages before and after.
    private const string Queue = "filled";

    /// <summary>Runs it; throws when a promise is broken.</summary>
    public static void Execute(FullDiskOptions options)
    {
        using BrokerProcess broker = BrokerProcess.Start(options.Disk.On(options.Launch));
        try
        {
            using var publisher = new BulkPublisher(broker.Endpoint, Queue, Producer, options.BodyBytes, WindowBytes);
            Publish(publisher, options, () => publisher.ConfirmedCount >= CalmCount);
            options.Disk.Fill(options.KeptBytes);
            Publish(publisher, options, () => publisher.BlockedReason is not null);
            string reason = publisher.BlockedReason!;
            options.Log($"blocked after {publisher.ConfirmedCount} confirmed messages: {reason}");
            Require(reason.Contains("disk", StringComparison.OrdinalIgnoreCase), $"the reason does not name the disk: {reason}");

            using var consumer = new BulkConsumer(broker.Endpoint, Queue, Producer);
            consumer.AdvanceTo(CalmCount / 2);
            consumer.Settle();
            options.Log($"{consumer.NextSequence} messages consumed and settled while the disk is full");

            options.Disk.Free();
            long goal = publisher.ConfirmedCount + CalmCount;
            Publish(publisher, options, () => publisher.BlockedReason is null && publisher.ConfirmedCount >= goal);
            publisher.AwaitConfirms();
            consumer.AdvanceTo(publisher.PublishedCount);
            consumer.Finish();
            int exitCode = broker.Stop();
            Require(exitCode == 0, $"the broker ended with {exitCode}");
            options.Log($"{publisher.PublishedCount} messages confirmed and consumed in order, without a restart");
        }
        catch (Exception cause) when (cause is InvalidOperationException or TimeoutException or WireClosedException)
        {
            throw new InvalidOperationException($"{cause.Message}\n--- broker's log\n{broker.Log}", cause);
        }
    }

    private static void Publish(BulkPublisher publisher, FullDiskOptions options, Func<bool> isDone)
    {
        long started = Stopwatch.GetTimestamp();
        while (!isDone())
        {
            long confirmed = publisher.ConfirmedCount;
            publisher.Advance(long.MaxValue, options.BodyBytes);
            if (publisher.ConfirmedCount != confirmed)
            {
                started = Stopwatch.GetTimestamp();
            }

            Require(Stopwatch.GetElapsedTime(started) < 2 * TestDeadline.Value, $"no confirm came any more, and the publisher was told: {publisher.BlockedReason ?? "nothing"}");
        }
    }

    private static void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            throw new InvalidOperationException(otherwise);
        }
    }
}
