using System.Globalization;

namespace Ropeway.TestKit.Faults;

/// <summary>
/// A disk that fails, fills up or crawls for one broker: what <c>tests/faults/diskfaults.c</c> does, switched on and off while the broker
/// runs. Its files lie in a directory of the caller's, which lives as long as the broker.
/// </summary>
/// <param name="directory">An existing directory beside the data directory, not inside it.</param>
public sealed class DiskFaults(string directory)
{
    private readonly string _notes = Path.Combine(directory, "notes");
    private readonly string _full = Path.Combine(directory, "full");
    private readonly string _slow = Path.Combine(directory, "slow");

    /// <summary>The sync that fails, from 1; 0 for none.</summary>
    public int FailingSync { get; init; }

    /// <summary>Whether the zeros that a new journal file is filled with count as syncs, a few hundred for each file.</summary>
    public bool CountsFilling { get; init; }

    /// <summary>By how much a slow sync is late, in milliseconds.</summary>
    public int SlowMs { get; init; } = 1000;

    /// <summary>One in so many syncs is slow while <see cref="IsSlow"/>.</summary>
    public int SlowOneIn { get; init; } = 4;

    /// <summary>Whether the disk is full: nothing grows and nothing is made.</summary>
    public bool IsFull
    {
        get => File.Exists(_full);
        set => Switch(_full, value);
    }

    /// <summary>Whether some syncs are late.</summary>
    public bool IsSlow
    {
        get => File.Exists(_slow);
        set => Switch(_slow, value);
    }

    /// <summary>Each fault that was played so far: <c>failed</c>, <c>full</c> or <c>slow</c>, the call, the file.</summary>
    public IReadOnlyList<string> Notes => File.Exists(_notes) ? File.ReadAllLines(_notes) : [];

    /// <summary>The broker on this disk. Its data directory is made.</summary>
    public BrokerLaunch On(BrokerLaunch launch) => launch with
    {
        Environment = new Dictionary<string, string>(launch.Environment, StringComparer.Ordinal)
        {
            ["LD_PRELOAD"] = FaultTool.Library("diskfaults"),
            ["DISKFAULTS_DIR"] = Directory.CreateDirectory(launch.DataDirectory).FullName,
            ["DISKFAULTS_NOTES"] = _notes,
            ["DISKFAULTS_FULL"] = _full,
            ["DISKFAULTS_SLOW"] = _slow,
            ["DISKFAULTS_FAIL_SYNC"] = FailingSync.ToString(CultureInfo.InvariantCulture),
            ["DISKFAULTS_UNCOUNTED"] = CountsFilling ? "" : ".new",
            ["DISKFAULTS_SLOW_MS"] = SlowMs.ToString(CultureInfo.InvariantCulture),
            ["DISKFAULTS_SLOW_ONE_IN"] = SlowOneIn.ToString(CultureInfo.InvariantCulture),
        },
    };

    private static void Switch(string path, bool isOn)
    {
        if (isOn)
        {
            File.WriteAllBytes(path, []);
        }
        else
        {
            File.Delete(path);
        }
    }
}
