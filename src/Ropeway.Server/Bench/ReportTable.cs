namespace Ropeway.Server.Bench;

/// <summary>Prints a result for people.</summary>
internal static class ReportTable
{
    private const double MicrosecondsPerSecond = 1e6;
    private const double BytesPerMebibyte = 1024 * 1024;

    /// <summary>Writes the table.</summary>
    public static void Write(TextWriter output, BenchResult result)
    {
        AmqpBenchOptions options = result.Options;
        output.WriteLine($"{options.Target}: {Describe(result)}");
        WriteRates(output, result);
        WriteUsage(output, result);
        WriteLatency(output, "publish to confirm", result.ConfirmLatency);
        WriteLatency(output, "publish to deliver", result.DeliveryLatency);
        WriteLatency(output, "schedule to write", result.PaceLateness);
        if (result.Verification is { } seen)
        {
            output.WriteLine(
                $"  verification         {(seen.IsPerfect ? "passed" : "FAILED")}: {seen.CheckedCount:N0} checked, {seen.MissingCount:N0} missing, "
                + $"{seen.DuplicateCount:N0} duplicated, {seen.DisorderCount:N0} out of order, {seen.DamagedCount:N0} damaged");
        }

        WriteOddities(output, result);
    }

    private static string Describe(BenchResult result)
    {
        AmqpBenchOptions options = result.Options;
        string route = options.Routing switch
        {
            RoutingKind.Topic => $"topic exchange with {options.BindingCount} bindings, ",
            RoutingKind.Default => "",
            _ => $"{options.Routing.ToString().ToLowerInvariant()} exchange, ",
        };
        string confirm = options.ConfirmWindow > 0 ? $"confirm window {options.ConfirmWindow}" : "no confirms";
        string ack = options.AckEvery > 0 ? $"ack every {options.AckEvery}, prefetch {options.Prefetch}" : "auto-ack";
        string pace = options.RatePerProducer > 0 ? $", {options.RatePerProducer:0.##} msg/s per producer" : "";
        return $"{options.ProducerCount} producers, {options.ConsumerCount} consumers, {options.QueueCount} queues, {route}{options.BodyBytes} B, "
            + $"{(options.IsPersistent ? "persistent" : "transient")}, {confirm}, {ack}, {result.BatchCount} per write{pace}, {result.Seconds:0.00} s";
    }

    private static void WriteRates(TextWriter output, BenchResult result)
    {
        if (result.Options.ProducerCount > 0)
        {
            WriteLine(output, "published", $"{result.PublishedPerSecond,14:N0} msg/s   {result.Published,14:N0} messages");
        }

        if (result.Options.ConfirmWindow > 0)
        {
            WriteLine(output, "confirmed", $"{result.ConfirmedPerSecond,14:N0} msg/s   {result.Confirmed,14:N0} messages");
        }

        if (result.Options.ConsumerCount > 0)
        {
            WriteLine(output, "delivered", $"{result.DeliveredPerSecond,14:N0} msg/s   {result.Delivered,14:N0} messages");
        }

        WriteLine(output, "bodies", $"{result.MegabytesPerSecond,14:N1} MB/s");
    }

    private static void WriteUsage(TextWriter output, BenchResult result)
    {
        UsageProbe usage = result.Usage;
        double messages = Math.Max(1, result.MessageCount);
        double seconds = Math.Max(usage.Seconds, double.Epsilon);
        if (result.Options.BrokerProcessId != 0)
        {
            WriteCpu(output, "broker CPU", usage.BrokerCpuMicroseconds, messages, seconds);
            string written = usage.BrokerWrittenBytes < 0 ? "" : $"   {usage.BrokerWrittenBytes / BytesPerMebibyte:N1} MiB written";
            WriteLine(
                output,
                "broker memory",
                $"{usage.BrokerResidentBytes / BytesPerMebibyte,14:N1} MiB     {usage.BrokerResidentBytesMax / BytesPerMebibyte,14:N1} MiB highest{written}");
        }

        WriteCpu(output, "generator CPU", usage.GeneratorCpuMicroseconds, messages, seconds);
        double otherCores = usage.OtherCpuMicroseconds / MicrosecondsPerSecond / seconds;
        double stolenCores = usage.StolenMicroseconds / MicrosecondsPerSecond / seconds;
        WriteLine(output, "rest of the machine", $"{otherCores,14:N2} cores busy of {Environment.ProcessorCount}, {stolenCores:N2} kept by the host");
    }

    private static void WriteCpu(TextWriter output, string what, long microseconds, double messages, double seconds) =>
        WriteLine(output, what, $"{microseconds / messages,14:N3} us/msg  {microseconds / MicrosecondsPerSecond / seconds,14:N2} cores");

    private static void WriteLatency(TextWriter output, string what, LatencySummary latency)
    {
        if (latency.Count > 0)
        {
            WriteLine(
                output,
                what,
                $"p50 {latency.P50:N0}  p90 {latency.P90:N0}  p99 {latency.P99:N0}  p99.9 {latency.P999:N0}  max {latency.Max:N0} us");
        }
    }

    private static void WriteOddities(TextWriter output, BenchResult result)
    {
        if (result.Refused > 0)
        {
            WriteLine(output, "refused", $"{result.Refused:N0} messages got basic.nack");
        }

        if (result.Redelivered > 0)
        {
            WriteLine(output, "redelivered", $"{result.Redelivered:N0} messages");
        }

        if (result.BlockedReason is { } reason)
        {
            WriteLine(output, "blocked", $"the broker asked publishers to wait: {reason}");
        }
    }

    private static void WriteLine(TextWriter output, string what, string value) => output.WriteLine($"  {what,-20} {value}");
}
