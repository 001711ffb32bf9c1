using System.Diagnostics;
using System.Globalization;
using System.Net;

namespace Ropeway.Server.Bench;

/// <summary>
/// Makes many idle connections or queues, and says how long that took and what each costs the broker in memory; then
/// removes them. A tenth more is made before, and not counted: it pays for what the broker needs only once. Queues are so
/// made and removed some times, until what makes them is compiled for good. Runs on the calling thread; every wait has a bound.
/// </summary>
internal sealed class PopulationRun
{
    private const int IdleReadBytes = 1024;
    private const int UncountedDivisor = 10;
    private const int UncountedRounds = 3;
    private const double BytesPerMebibyte = 1024 * 1024;
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SettleTime = TimeSpan.FromSeconds(1);

    private readonly PopulationOptions _options;
    private readonly CancellationToken _interrupted;

    /// <summary>Makes a run; nothing is connected yet.</summary>
    public PopulationRun(PopulationOptions options, CancellationToken interrupted)
    {
        _options = options;
        _interrupted = interrupted;
    }

    /// <summary>Does it and prints the result.</summary>
    /// <exception cref="BenchException">It could not be done.</exception>
    public void Execute(TextWriter output)
    {
        using AmqpConnection control = AmqpConnection.Open(_options.Target, "ropeway bench control", Timeout);
        control.SetReceiveTimeout(Timeout);
        int uncounted = _options.Count / UncountedDivisor;
        if (_options.Kind == PopulationKind.Connections)
        {
            var connections = new List<AmqpConnection>(uncounted + _options.Count);
            try
            {
                Open(connections, uncounted);
                Measure(output, () => Open(connections, _options.Count));
            }
            finally
            {
                connections.ForEach(connection => connection.Dispose());
            }
        }
        else
        {
            Topology before = Queues(control, "ropeway-bench-queue-before", uncounted);
            Topology counted = Queues(control, "ropeway-bench-queue", _options.Count);
            for (int round = 1; round < UncountedRounds; round++)
            {
                before.Declare();
                before.Delete();
                _interrupted.WaitHandle.WaitOne(SettleTime);
            }

            before.Declare();
            Measure(output, () => counted.Declare());
            counted.Delete();
            before.Delete();
        }

        control.CloseQuietly(CloseTimeout);
    }

    private Topology Queues(AmqpConnection control, string prefix, int count) => new(control, new AmqpBenchOptions
    {
        Target = _options.Target,
        QueueCount = count,
        IsDurable = _options.IsDurable,
        Prefix = prefix,
    });

    private void Measure(TextWriter output, Action make)
    {
        _interrupted.WaitHandle.WaitOne(SettleTime);
        ProcessUsage before = Read();
        long start = Stopwatch.GetTimestamp();
        make();
        Report(output, Stopwatch.GetElapsedTime(start), before);
    }

    private void Open(List<AmqpConnection> connections, int count)
    {
        for (int opened = 0; opened < count && !_interrupted.IsCancellationRequested; opened++)
        {
            int index = connections.Count;
            IPAddress? source = _options.Sources.Count == 0 ? null : _options.Sources[index % _options.Sources.Count];
            connections.Add(AmqpConnection.Open(_options.Target, $"ropeway bench idle {index}", Timeout, IdleReadBytes, source));
        }

        if (_interrupted.IsCancellationRequested)
        {
            throw new BenchException("Interrupted.");
        }
    }

    private ProcessUsage Read() => _options.BrokerProcessId == 0 ? default : ProcessUsage.Read(_options.BrokerProcessId);

    private void Report(TextWriter output, TimeSpan elapsed, ProcessUsage before)
    {
        long cpu = Read().CpuMicroseconds - before.CpuMicroseconds;
        _interrupted.WaitHandle.WaitOne(SettleTime); // What the broker does behind its replies belongs to its memory, too.
        long residentBytes = Read().ResidentBytes;
        double residentBytesEach = (residentBytes - before.ResidentBytes) / (double)_options.Count;
        double perSecond = _options.Count / Math.Max(elapsed.TotalSeconds, double.Epsilon);
        double cpuEach = cpu / (double)_options.Count;
        string what = _options.Kind == PopulationKind.Connections ? "connections" : "queues";
        if (_options.Json)
        {
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{{\"{what}\":{_options.Count},\"seconds\":{elapsed.TotalSeconds:0.####},\"perSecond\":{perSecond:0.#},\"brokerCpuEach\":{cpuEach:0.#},\"brokerResidentBytesEach\":{residentBytesEach:0},\"brokerResidentBytesMax\":{residentBytes}}}"));
            return;
        }

        output.WriteLine($"{_options.Target}: {_options.Count:N0} {what} in {elapsed.TotalSeconds:0.00} s, {perSecond:N0} per second");
        if (_options.BrokerProcessId != 0)
        {
            output.WriteLine($"  broker: {cpuEach:N1} us CPU and {residentBytesEach:N0} B resident memory each, {residentBytes / BytesPerMebibyte:N1} MiB in all");
        }
    }
}
