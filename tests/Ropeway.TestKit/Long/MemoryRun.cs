using System.Diagnostics;
using System.Globalization;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Long;

/// <summary>
/// A broker in a control group with little memory gets a backlog many times as large, while thousands of connections are open. It must not be
/// killed, every connection must be served afterwards, and everything that was confirmed must come, in order.
/// </summary>
public static class MemoryRun
{
    private const int Queues = 4;
    private const int WindowBytes = 1024 * 1024;
    private const ushort IdleChannel = 1;
    private const ushort OtherChannel = 2;

    /// <summary>Runs it; throws when a promise is broken.</summary>
    public static void Execute(MemoryOptions options)
    {
        using MemoryGroup group = MemoryGroup.Make(options.LimitBytes);
        using BrokerProcess broker = BrokerProcess.Start(options.Launch with { MemoryGroup = group }, 4 * TestDeadline.Value);
        var idle = new List<WireConnection>(options.Connections);
        try
        {
            long started = Stopwatch.GetTimestamp();
            Connect(idle, broker, options.Connections);
            options.Log($"{idle.Count:N0} connections with a channel in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s, resident {broker.ResidentBytes >> 20:N0} MiB");
            Fill(options, broker);
            idle.ForEach(connection => connection.OpenChannel(OtherChannel));
            options.Log($"all {idle.Count:N0} connections answer");
            Drain(options, broker);
            options.Log(string.Create(CultureInfo.InvariantCulture, $"memory of the group at most {group.PeakBytes / 1048576.0:F0} MiB with the pages of files, {group.KillCount} kills"));
            Require(!broker.HasExited && group.KillCount == 0, "The kernel has killed the broker.");
        }
        catch (Exception cause) when (cause is InvalidOperationException or TimeoutException or WireClosedException)
        {
            throw new InvalidOperationException($"{cause.Message}\n{group.KillCount} kills\n--- broker's log\n{broker.Log}", cause);
        }
        finally
        {
            idle.ForEach(connection => connection.Dispose());
            broker.Kill();
        }
    }

    private static void Connect(List<WireConnection> idle, BrokerProcess broker, int count)
    {
        while (idle.Count < count)
        {
            WireConnection connection = WireConnection.OpenSmall(broker.Endpoint);
            idle.Add(connection);
            connection.OpenChannel(IdleChannel);
        }
    }

    private static void Fill(MemoryOptions options, BrokerProcess broker)
    {
        List<BulkPublisher> publishers = [.. Enumerable.Range(0, Queues).Select(queue => new BulkPublisher(broker.Endpoint, Name(queue), queue, options.BodyBytes, WindowBytes))];
        using var memory = new PeakWatch("memory", () => broker.ResidentBytes);
        var reasons = new HashSet<string>(StringComparer.Ordinal);
        long started = Stopwatch.GetTimestamp();
        long nextLog = 0;
        long count = options.MessageCount / Queues;
        while (publishers.Exists(publisher => publisher.PublishedCount < count))
        {
            foreach (BulkPublisher publisher in publishers.Where(publisher => publisher.PublishedCount < count))
            {
                publisher.Advance(count, options.BodyBytes);
                if (publisher.BlockedReason is { } reason && reasons.Add(reason))
                {
                    options.Log($"publishers have to wait: {reason}");
                }
            }

            long confirmed = publishers.Sum(publisher => publisher.ConfirmedCount);
            if (confirmed >= nextLog)
            {
                nextLog += options.MessageCount / 10;
                options.Log($"{confirmed:N0} confirmed in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s, resident {broker.ResidentBytes >> 20:N0} MiB");
            }
        }

        publishers.ForEach(publisher => publisher.AwaitConfirms());
        publishers.ForEach(publisher => publisher.Dispose());
        options.Log($"{count * Queues:N0} messages of {options.BodyBytes:N0} octets in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s, resident at most {memory.Peak >> 20:N0} MiB");
        Require(memory.Peak < options.LimitBytes, "More memory was resident than the group may have.");
    }

    private static void Drain(MemoryOptions options, BrokerProcess broker)
    {
        using var memory = new PeakWatch("memory", () => broker.ResidentBytes);
        long started = Stopwatch.GetTimestamp();
        for (int queue = 0; queue < Queues; queue++)
        {
            using var consumer = new BulkConsumer(broker.Endpoint, Name(queue), queue);
            consumer.AdvanceTo(options.MessageCount / Queues);
            consumer.Finish();
            options.Log($"{consumer.NextSequence:N0} of {Name(queue)} drained, {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s");
        }

        options.Log($"resident at most {memory.Peak >> 20:N0} MiB while draining");
    }

    private static string Name(int queue) => string.Create(CultureInfo.InvariantCulture, $"memory.{queue}");

    private static void Require(bool isKept, string text)
    {
        if (!isKept)
        {
            throw new InvalidOperationException(text);
        }
    }
}
