using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit;

/// <summary>A broker in its own process: started, awaited, asked to stop, or killed. Whoever starts it disposes it.</summary>
public sealed partial class BrokerProcess : IDisposable
{
    private const int LogLinesMax = 4_000;
    private const int SignalTerminate = 15;

    private static readonly ConcurrentDictionary<BrokerProcess, bool> Running = new();

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _log = new();
    private readonly ConcurrentQueue<string> _errors = new();
    private readonly ManualResetEventSlim _readySignal = new();
    private volatile string? _readyLine;
    private BrokerEndpoint? _endpoint;

    static BrokerProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (BrokerProcess left in Running.Keys)
        {
            left.Kill();
        }
    };

    private BrokerProcess(BrokerLaunch launch)
    {
        Launch = launch;
        (string fileName, IReadOnlyList<string> arguments) = launch.Command();
        var start = new ProcessStartInfo(fileName, arguments) { UseShellExecute = false, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in start.Environment.Keys.Where(IsBrokerSetting).ToList())
        {
            start.Environment.Remove(name);
        }

        foreach ((string name, string value) in launch.Environment)
        {
            start.Environment[name] = value;
        }

        _process = new Process { StartInfo = start, EnableRaisingEvents = true };
        _process.OutputDataReceived += (_, line) => Note(line.Data, isOutput: true);
        _process.ErrorDataReceived += (_, line) => Note(line.Data, isOutput: false);
        _process.Exited += (_, _) => _readySignal.Set();
        _process.Start();
        Running[this] = true;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>What it was started with; the port is the real one once it is ready.</summary>
    public BrokerLaunch Launch { get; private set; }

    /// <summary>Where it listens. Only after it was ready.</summary>
    public BrokerEndpoint Endpoint => _endpoint ?? throw new InvalidOperationException("The broker has not been ready yet.");

    /// <summary>Where its HTTP API is, if it was started with a listener for it: <c>http://127.0.0.1:port</c>.</summary>
    public string? HttpUrl => _readyLine is { } line && HttpAddress().Match(line) is { Success: true } match ? match.Value : null;

    /// <summary>The process id.</summary>
    public int ProcessId => _process.Id;

    /// <summary>The last lines that it wrote to standard output and standard error.</summary>
    public string Log => string.Join('\n', _log);

    /// <summary>The lines that it wrote to standard error.</summary>
    public IReadOnlyList<string> ErrorLines => [.. _errors];

    /// <summary>True when it has ended.</summary>
    public bool HasExited => _process.HasExited;

    /// <summary>Processor time that it has used, all cores together, in steps of 10 ms.</summary>
    public TimeSpan ProcessorTime => _process.TotalProcessorTime;

    /// <summary>Resident memory in bytes, read from the kernel.</summary>
    public long ResidentBytes
    {
        get
        {
            string line = File.ReadLines(string.Create(CultureInfo.InvariantCulture, $"/proc/{_process.Id}/status"))
                .First(l => l.StartsWith("VmRSS:", StringComparison.Ordinal));
            return long.Parse(line.AsSpan(6).TrimEnd("kB \t"), NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture) * 1024;
        }
    }

    /// <summary>Starts a broker and waits until it accepts connections.</summary>
    public static BrokerProcess Start(BrokerLaunch launch, TimeSpan? deadline = null)
    {
        BrokerProcess broker = Spawn(launch);
        try
        {
            broker.WaitUntilReady(deadline ?? TestDeadline.Value);
            return broker;
        }
        catch
        {
            broker.Dispose();
            throw;
        }
    }

    /// <summary>Starts a broker without waiting for it.</summary>
    public static BrokerProcess Spawn(BrokerLaunch launch)
    {
        if (launch is { ForeignCommand: not null, Port: 0 })
        {
            launch = launch with { Port = FreePort() };
        }

        return new BrokerProcess(launch);
    }

    /// <summary>A port on loopback that nobody listens on right now.</summary>
    public static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    /// <summary>Waits for the ready line, or for the port of a broker that has none.</summary>
    public void WaitUntilReady(TimeSpan deadline)
    {
        if (Launch.ForeignCommand is not null)
        {
            _endpoint = new BrokerEndpoint("127.0.0.1", Launch.Port);
            WaitForPort(deadline);
            return;
        }

        if (!_readySignal.Wait(deadline))
        {
            throw new TimeoutException($"No ready line within {deadline}.\n{Log}");
        }

        string line = _readyLine ?? throw new InvalidOperationException("The broker ended before it was ready.\n" + Log);
        Match match = AmqpUrl().Match(line);
        if (!match.Success)
        {
            throw new InvalidOperationException("The ready line names no AMQP address: " + line);
        }

        _endpoint = new BrokerEndpoint("127.0.0.1", int.Parse(match.Groups["port"].ValueSpan, CultureInfo.InvariantCulture));
        Launch = Launch with { Port = _endpoint.Port };
    }

    /// <summary>Waits until it has written a text, in whatever case. What it writes comes through a pipe, and so later than what its clients see.</summary>
    public void AwaitLog(string text)
    {
        if (!SpinWait.SpinUntil(() => _log.Any(line => line.Contains(text, StringComparison.OrdinalIgnoreCase)), TestDeadline.Value))
        {
            throw new TimeoutException($"The broker wrote nothing of '{text}'.\n{Log}");
        }
    }

    /// <summary>Kills it as kill -9 does and waits until it is gone.</summary>
    public void Kill()
    {
        try
        {
            _process.Kill();
        }
        catch (InvalidOperationException)
        {
            // It has ended by itself.
        }

        _process.WaitForExit(TestDeadline.Milliseconds);
        Running.TryRemove(this, out _);
    }

    /// <summary>Sends SIGTERM and gives the exit code.</summary>
    public int Stop()
    {
        RequestStop();
        return WaitForExit();
    }

    /// <summary>Sends SIGTERM.</summary>
    public void RequestStop() => _ = SendSignal(_process.Id, SignalTerminate);

    /// <summary>Waits until it has ended by itself and gives the exit code.</summary>
    public int WaitForExit()
    {
        if (!_process.WaitForExit(TestDeadline.Milliseconds))
        {
            Kill();
            throw new TimeoutException("The broker did not end.\n" + Log);
        }

        _process.WaitForExit(); // Without a timeout it also waits for the rest of the output.
        Running.TryRemove(this, out _);
        return _process.ExitCode;
    }

    /// <summary>Kills it if it still runs.</summary>
    public void Dispose()
    {
        Kill();
        _process.Dispose();
        _readySignal.Dispose();
    }

    private static bool IsBrokerSetting(string name) =>
        name.StartsWith("ROPEWAY_", StringComparison.OrdinalIgnoreCase) || name.StartsWith("RABBITMQ_", StringComparison.OrdinalIgnoreCase);

    private void Note(string? line, bool isOutput)
    {
        if (line is null)
        {
            return;
        }

        _log.Enqueue(line);
        while (_log.Count > LogLinesMax)
        {
            _log.TryDequeue(out _);
        }

        if (!isOutput)
        {
            _errors.Enqueue(line);
        }

        if (isOutput && line.StartsWith("ropeway ready", StringComparison.Ordinal))
        {
            _readyLine = line;
            _readySignal.Set();
        }
    }

    private void WaitForPort(TimeSpan deadline)
    {
        long started = Stopwatch.GetTimestamp();
        using var pause = new ManualResetEventSlim();
        while (!_process.HasExited && Stopwatch.GetElapsedTime(started) < deadline)
        {
            try
            {
                using WireConnection probe = WireConnection.Open(Endpoint);
                return;
            }
            catch (Exception cause) when (cause is SocketException or IOException or WireClosedException or TimeoutException)
            {
                pause.Wait(100);
            }
        }

        throw new TimeoutException($"The broker's port {Launch.Port} did not open within {deadline}.\n{Log}");
    }

    [GeneratedRegex(@"amqp://[^\s,]*:(?<port>\d+)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AmqpUrl();

    [GeneratedRegex(@"http://[^\s,]*:\d+", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HttpAddress();

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SendSignal(int processId, int signal);
}
