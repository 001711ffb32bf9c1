using System.Collections.Concurrent;
using Ropeway.TestKit.Faults;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Images;

/// <summary>
/// Loads a broker whose every write is journalled, builds states in which a power cut could have left its directory, and opens each:
/// <c>ropeway verify</c> must find it whole, and a broker on it must have what was promised until then.
/// </summary>
public sealed class ImageRun : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly ImageOptions _options;
    private readonly SeededRandom _random;
    private readonly string _journalPath;
    private readonly ConcurrentQueue<Exception> _failures = new();
    private readonly MarkedQueue _kept = new("kept");
    private readonly MarkedQueue _taken = new("taken");

    private ImageRun(ImageOptions options)
    {
        _options = options;
        _random = new SeededRandom(options.Seed);
        _journalPath = Path.Combine(_directory.Path, "journal");
    }

    /// <summary>Runs it; gives the number of images that broke a promise.</summary>
    public static int Execute(ImageOptions options)
    {
        using var run = new ImageRun(options);
        run.Load();
        return run.Sweep();
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    private long Now() => new FileInfo(_journalPath).Length;

    private void Load()
    {
        var launch = new BrokerLaunch { DataDirectory = Path.Combine(_directory.Path, "store") };
        using BrokerProcess broker = BrokerProcess.Start(launch with
        {
            Environment = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["LD_PRELOAD"] = FaultTool.Library("diskjournal"),
                ["DISKJOURNAL_DIR"] = Directory.CreateDirectory(launch.DataDirectory).FullName,
                ["DISKJOURNAL_FILE"] = _journalPath,
            },
        });
        using (WireConnection connection = WireConnection.Open(broker.Endpoint))
        {
            connection.OpenChannel(1);
            foreach (MarkedQueue queue in new[] { _kept, _taken })
            {
                connection.DeclareQueue(1, queue.Name);
                queue.DeclaredAt = Now();
            }

            connection.Close();
        }

        SeededRandom[] randoms = [_random.Fork(1), _random.Fork(2)];
        Thread[] clients =
        [
            Start("kept", () => new MarkedPublisher(_kept, 0, randoms[0], Now).Run(broker.Endpoint, _options.Messages)),
            Start("taken", () => new MarkedPublisher(_taken, 1, randoms[1], Now).Run(broker.Endpoint, _options.Messages)),
            Start("taking", () => new MarkedConsumer(_taken, Now).Run(broker.Endpoint, _options.Messages * 9 / 10)),
        ];
        foreach (Thread client in clients)
        {
            client.Join();
        }

        broker.Kill();
        if (_failures.TryPeek(out Exception? failure))
        {
            throw new InvalidOperationException($"The load failed: {failure.Message}\n{broker.Log}", failure);
        }
    }

    private Thread Start(string name, Action run)
    {
        var thread = new Thread(() =>
        {
            try
            {
                run();
            }
#pragma warning disable CA1031 // The thread's top: whatever went wrong fails the run.
            catch (Exception cause)
#pragma warning restore CA1031
            {
                _failures.Enqueue(cause);
            }
        }) { Name = name, IsBackground = true };
        thread.Start();
        return thread;
    }

    private int Sweep()
    {
        DiskJournal journal = DiskJournal.Load(_journalPath);
        int[] syncs = [.. Enumerable.Range(0, journal.Operations.Count).Where(index => journal.Operations[index].Kind is 'S' or 'N' or 'D')];
        _options.Log($"seed {_options.Seed}: {journal.Operations.Count} operations, {syncs.Length} of them syncs, {_kept.ConfirmedCount + _taken.ConfirmedCount} confirmed, {_taken.SettledCount} settled");
        int badCount = 0;
        for (int image = 1; image <= _options.Images; image++)
        {
            int cut = _random.OneIn(2) ? _random.Next(0, journal.Operations.Count) : syncs[_random.Next(0, syncs.Length)] + _random.Next(-1, 2);
            cut = Math.Clamp(cut, 0, journal.Operations.Count - 1);
            var mode = (ImageMode)_random.Next(0, 5);
            using var directory = new TemporaryDirectory();
            new CrashImage(journal, cut, mode, _random.Fork((ulong)image), _options.IsLying).Build(directory.Path);
            string? fault = Check(directory.Path, journal.Operations[cut].Start);
            badCount += fault is null ? 0 : 1;
            _options.Log($"image {image}: {mode} at operation {cut} ({journal.Operations[cut].Kind}): {fault ?? "good"}");
        }

        return badCount;
    }

    /// <returns>What is wrong, or null.</returns>
    private string? Check(string directory, long cut)
    {
        bool hasStore = File.Exists(Path.Combine(directory, "store"));
        var launch = new BrokerLaunch { DataDirectory = directory };
        if (hasStore && Verify(launch) is { } damage)
        {
            return damage;
        }

        try
        {
            using BrokerProcess broker = BrokerProcess.Start(launch);
            string? fault = CheckQueue(broker, _kept, 0, cut) ?? CheckQueue(broker, _taken, 1, cut);
            int exitCode = broker.Stop();
            return fault ?? (exitCode == 0 ? null : $"the broker ended with {exitCode}\n{broker.Log}");
        }
        catch (Exception cause) when (cause is InvalidOperationException or TimeoutException or WireClosedException)
        {
            return cause.Message;
        }
    }

    private static string? Verify(BrokerLaunch launch)
    {
        (string fileName, IReadOnlyList<string> arguments) = launch.Command();
        ToolRun run = ToolRun.Execute(fileName, [.. arguments.TakeWhile(argument => argument != "serve"), "verify", launch.DataDirectory]);
        return run.ExitCode == 0 ? null : $"verify ended with {run.ExitCode}: {run.Errors}\n{run.Output}";
    }

    private static string? CheckQueue(BrokerProcess broker, MarkedQueue queue, int producer, long cut) =>
        queue.DeclaredAt > cut ? null : queue.Check(new ImageDrain(producer).Execute(broker.Endpoint, queue.Name), cut);
}
