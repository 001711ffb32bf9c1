using System.Diagnostics;
using Ropeway.TestKit.Long;

namespace Ropeway.TestKit.Faults;

/// <summary>
/// One broker lives through load of all kinds, slow syncs, a disk that is full for seconds, dropped connections and queues that come and
/// go. What it holds must be as much at the end as it was after the first fifth.
/// </summary>
public static class SoakRun
{
    private const int SampleMs = 1000;
    private const double BaseStart = 0.2;
    private const double WindowShare = 0.1;

    /// <summary>Runs it; true when nothing has grown.</summary>
    /// <exception cref="InvalidOperationException">A client or the broker failed.</exception>
    public static bool Execute(SoakOptions options)
    {
        using var directory = new TemporaryDirectory();
        var random = new SeededRandom(options.Seed);
        var faults = new DiskFaults(directory.Path) { SlowMs = 500, SlowOneIn = 20 };
        using BrokerProcess broker = BrokerProcess.Start(faults.On(new BrokerLaunch { DataDirectory = Path.Combine(directory.Path, "store") }));
        var clients = new SoakClients(broker.Endpoint, random);
        clients.Start();
        List<ProcessSample> samples = Watch(options, broker, faults, clients, random);
        (faults.IsSlow, faults.IsFull) = (false, false);
        clients.Stop();
        if (clients.Failure is { } failure)
        {
            throw new InvalidOperationException($"{failure}\n--- broker's log\n{broker.Log}");
        }

        int exitCode = broker.Stop();
        options.Log($"{clients.MessageCount:N0} messages, {clients.ConnectionCount:N0} connections, {faults.Notes.Count} faults, exit code {exitCode}");
        return Report(options, samples) && exitCode == 0;
    }

    private static List<ProcessSample> Watch(SoakOptions options, BrokerProcess broker, DiskFaults faults, SoakClients clients, SeededRandom random)
    {
        var samples = new List<ProcessSample>();
        using var pause = new ManualResetEventSlim();
        long started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < options.Duration && clients.Failure is null)
        {
            pause.Wait(SampleMs);
            samples.Add(ProcessSample.Take(broker));
            faults.IsSlow = random.OneIn(3);
            faults.IsFull = random.OneIn(faults.IsFull ? 3 : 20);
            if (samples.Count % 30 == 0)
            {
                options.Log($"{samples.Count} s: {samples[^1]}, {clients.MessageCount:N0} messages");
            }
        }

        return samples;
    }

    private static bool Report(SoakOptions options, List<ProcessSample> samples)
    {
        int window = Math.Max(1, (int)(samples.Count * WindowShare));
        List<ProcessSample> first = samples.GetRange((int)(samples.Count * BaseStart), window);
        List<ProcessSample> last = samples.GetRange(samples.Count - window, window);
        Figure[] figures =
        [
            Growth("resident memory", first, last, sample => sample.ResidentBytes),
            Growth("descriptors", first, last, sample => sample.Descriptors),
            Growth("threads", first, last, sample => sample.Threads),
        ];
        foreach (Figure figure in figures)
        {
            options.Log(figure.ToString());
        }

        return figures.All(figure => figure.IsMet);

        Figure Growth(string name, List<ProcessSample> before, List<ProcessSample> after, Func<ProcessSample, long> value) =>
            new($"growth of {name}, {Median(before, value):N0} to {Median(after, value):N0}", (100.0 * Median(after, value) / Median(before, value)) - 100, "%") { AtMost = options.GrowthPercentMax };
    }

    private static long Median(List<ProcessSample> samples, Func<ProcessSample, long> value) => samples.Select(value).Order().ElementAt(samples.Count / 2);
}
