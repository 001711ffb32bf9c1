using System.Diagnostics;

namespace Ropeway.TestKit.Long;

/// <summary>
/// Queues persistent, confirmed messages in one durable queue, kills the broker, waits until it is ready again, and drains the
/// queue, which must come complete, in order, intact, and unflagged.
/// </summary>
public static class BacklogRun
{
    private const int Producer = 1;
    private const int WindowBytes = 4 * 1024 * 1024;
    private const string Queue = "backlog";

    /// <summary>Runs it; throws when a promise is broken.</summary>
    public static BacklogReport Execute(BacklogOptions options)
    {
        BrokerProcess broker = BrokerProcess.Start(options.Launch);
        try
        {
            (double publishSeconds, long publishResident) = Fill(options, broker);
            long directoryBytes = PeakWatch.DirectoryBytes(options.Launch.DataDirectory);
            BrokerLaunch launch = broker.Launch;
            broker.Kill();
            broker.Dispose();
            long started = Stopwatch.GetTimestamp();
            broker = BrokerProcess.Start(launch, 4 * TestDeadline.Value);
            double readySeconds = Stopwatch.GetElapsedTime(started).TotalSeconds;
            options.Log($"ready {readySeconds:F2} s after the kill");
            (double firstSeconds, double drainSeconds, long drainResident) = Drain(options, broker, started);
            options.Log($"first message {firstSeconds:F2} s after the kill");
            var report = new BacklogReport
            {
                PublishSeconds = publishSeconds,
                ReadySeconds = readySeconds,
                FirstDeliverySeconds = firstSeconds,
                DrainSeconds = drainSeconds,
                PublishResidentBytes = publishResident,
                DrainResidentBytes = drainResident,
                DirectoryBytes = directoryBytes,
            };
            options.Log(report.ToString());
            if (options.Launch.ForeignCommand is null)
            {
                Check(options, report);
            }

            return report;
        }
        catch (Exception cause) when (cause is InvalidOperationException or TimeoutException or Wire.WireClosedException)
        {
            throw new InvalidOperationException($"{cause.Message}\n--- broker's log\n{broker.Log}", cause);
        }
        finally
        {
            broker.Dispose();
        }
    }

    private static (double Seconds, long ResidentBytes) Fill(BacklogOptions options, BrokerProcess broker)
    {
        using var publisher = new BulkPublisher(broker.Endpoint, Queue, Producer, options.BodyBytes, WindowBytes);
        using var memory = new PeakWatch("memory", () => broker.ResidentBytes);
        long started = Stopwatch.GetTimestamp();
        long nextLog = 0;
        while (publisher.PublishedCount < options.MessageCount)
        {
            publisher.Advance(options.MessageCount, options.BodyBytes);
            if (publisher.PublishedCount >= nextLog)
            {
                nextLog += options.MessageCount / 10;
                options.Log($"{publisher.ConfirmedCount:N0} confirmed in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s, resident {broker.ResidentBytes / 1_000_000:N0} MB");
            }
        }

        publisher.AwaitConfirms();
        return (Stopwatch.GetElapsedTime(started).TotalSeconds, memory.Peak);
    }

    private static (double FirstSeconds, double Seconds, long ResidentBytes) Drain(BacklogOptions options, BrokerProcess broker, long killed)
    {
        using var memory = new PeakWatch("memory", () => broker.ResidentBytes);
        using var consumer = new BulkConsumer(broker.Endpoint, Queue, Producer, allowsFlags: broker.Launch.ForeignCommand is not null);
        long started = Stopwatch.GetTimestamp();
        consumer.AdvanceTo(1);
        double firstSeconds = Stopwatch.GetElapsedTime(killed).TotalSeconds;
        for (long step = 1; step <= 10; step++)
        {
            consumer.AdvanceTo(options.MessageCount * step / 10);
            options.Log($"{consumer.NextSequence:N0} drained in {Stopwatch.GetElapsedTime(started).TotalSeconds:F1} s, resident {broker.ResidentBytes / 1_000_000:N0} MB");
        }

        consumer.Finish();
        return (firstSeconds, Stopwatch.GetElapsedTime(started).TotalSeconds, memory.Peak);
    }

    private static void Check(BacklogOptions options, BacklogReport report)
    {
        if (report.PublishResidentBytes >= options.ResidentBytesMax || report.DrainResidentBytes >= options.ResidentBytesMax)
        {
            throw new InvalidOperationException($"Resident memory reached {report.PublishResidentBytes:N0} octets while queueing and {report.DrainResidentBytes:N0} after the restart.");
        }

        if (report.ReadySeconds >= options.ReadyMax.TotalSeconds)
        {
            throw new InvalidOperationException($"The restart took {report.ReadySeconds:F1} s.");
        }
    }
}
