using System.Text;
using System.Text.Json;

namespace Ropeway.Server.Bench;

/// <summary>Prints a result for programs: one flat JSON object on one line. Times are microseconds, memory is bytes.</summary>
internal static class ReportJson
{
    /// <summary>Writes the object and a line end.</summary>
    public static void Write(TextWriter output, BenchResult result)
    {
        using var bytes = new MemoryStream();
        using (var json = new Utf8JsonWriter(bytes))
        {
            json.WriteStartObject();
            WriteSetup(json, result);
            WriteRates(json, result);
            WriteUsage(json, result);
            WriteLatency(json, "confirm", result.ConfirmLatency);
            WriteLatency(json, "deliver", result.DeliveryLatency);
            WriteLatency(json, "paceLateness", result.PaceLateness);
            if (result.Verification is { } seen)
            {
                json.WriteBoolean("verified", seen.IsPerfect);
                json.WriteNumber("checked", seen.CheckedCount);
                json.WriteNumber("missing", seen.MissingCount);
                json.WriteNumber("duplicated", seen.DuplicateCount);
                json.WriteNumber("disordered", seen.DisorderCount);
                json.WriteNumber("damaged", seen.DamagedCount);
            }

            json.WriteEndObject();
        }

        output.WriteLine(Encoding.UTF8.GetString(bytes.ToArray()));
    }

    private static void WriteSetup(Utf8JsonWriter json, BenchResult result)
    {
        AmqpBenchOptions options = result.Options;
        json.WriteString("target", options.Target.ToString());
        json.WriteNumber("producers", options.ProducerCount);
        json.WriteNumber("consumers", options.ConsumerCount);
        json.WriteNumber("queues", options.QueueCount);
        json.WriteNumber("bytes", options.BodyBytes);
        json.WriteBoolean("persistent", options.IsPersistent);
        json.WriteNumber("confirmWindow", options.ConfirmWindow);
        json.WriteNumber("prefetch", options.Prefetch);
        json.WriteNumber("ackEvery", options.AckEvery);
        json.WriteNumber("rate", options.RatePerProducer);
        json.WriteNumber("batch", result.BatchCount);
        json.WriteNumber("seconds", Round(result.Seconds));
    }

    private static void WriteRates(Utf8JsonWriter json, BenchResult result)
    {
        json.WriteNumber("published", result.Published);
        json.WriteNumber("confirmed", result.Confirmed);
        json.WriteNumber("refused", result.Refused);
        json.WriteNumber("delivered", result.Delivered);
        json.WriteNumber("redelivered", result.Redelivered);
        json.WriteNumber("publishedPerSecond", Round(result.PublishedPerSecond));
        json.WriteNumber("confirmedPerSecond", Round(result.ConfirmedPerSecond));
        json.WriteNumber("deliveredPerSecond", Round(result.DeliveredPerSecond));
        json.WriteNumber("megabytesPerSecond", Round(result.MegabytesPerSecond));
        json.WriteBoolean("wasBlocked", result.BlockedReason is not null);
    }

    private static void WriteUsage(Utf8JsonWriter json, BenchResult result)
    {
        UsageProbe usage = result.Usage;
        double messages = Math.Max(1, result.MessageCount);
        double microseconds = Math.Max(1, usage.Seconds * 1e6);
        if (result.Options.BrokerProcessId != 0)
        {
            json.WriteNumber("brokerCpuPerMessage", Round(usage.BrokerCpuMicroseconds / messages));
            json.WriteNumber("brokerCores", Round(usage.BrokerCpuMicroseconds / microseconds));
            json.WriteNumber("brokerResidentBytes", usage.BrokerResidentBytes);
            json.WriteNumber("brokerResidentBytesMax", usage.BrokerResidentBytesMax);
            json.WriteNumber("brokerWrittenBytes", usage.BrokerWrittenBytes);
            json.WriteNumber("brokerFileWriteBytes", usage.BrokerFileWriteBytes);
        }

        json.WriteNumber("generatorCpuPerMessage", Round(usage.GeneratorCpuMicroseconds / messages));
        json.WriteNumber("generatorCores", Round(usage.GeneratorCpuMicroseconds / microseconds));
        json.WriteNumber("otherCores", Round(usage.OtherCpuMicroseconds / microseconds));
        json.WriteNumber("stolenCores", Round(usage.StolenMicroseconds / microseconds));
    }

    private static void WriteLatency(Utf8JsonWriter json, string name, LatencySummary latency)
    {
        if (latency.Count > 0)
        {
            json.WriteNumber(name + "P50", Round(latency.P50));
            json.WriteNumber(name + "P90", Round(latency.P90));
            json.WriteNumber(name + "P99", Round(latency.P99));
            json.WriteNumber(name + "P999", Round(latency.P999));
            json.WriteNumber(name + "Max", Round(latency.Max));
        }
    }

    private static double Round(double value) => Math.Round(value, 4);
}
