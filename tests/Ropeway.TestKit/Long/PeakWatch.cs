namespace Ropeway.TestKit.Long;

/// <summary>Samples a figure on its own thread and keeps the highest.</summary>
internal sealed class PeakWatch : IDisposable
{
    private const int IntervalMs = 50;

    private readonly Func<long> _sample;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;
    private long _peak;

    public PeakWatch(string name, Func<long> sample)
    {
        _sample = sample;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>The highest value so far.</summary>
    public long Peak => Math.Max(Interlocked.Read(ref _peak), _sample());

    /// <summary>Octets of all files of a directory tree, by their length.</summary>
    public static long DirectoryBytes(string path)
    {
        long bytes = 0;
        foreach (string file in Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories))
        {
            try
            {
                bytes += new FileInfo(file).Length;
            }
            catch (FileNotFoundException)
            {
                // Removed since it was listed.
            }
        }

        return bytes;
    }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join();
        _stop.Dispose();
    }

    private void Run()
    {
        while (!_stop.Wait(IntervalMs))
        {
            try
            {
                Interlocked.Exchange(ref _peak, Math.Max(Interlocked.Read(ref _peak), _sample()));
            }
            catch (IOException)
            {
                // The process or a directory has gone; the next sample decides.
            }
        }
    }
}
