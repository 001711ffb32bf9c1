namespace Ropeway.Management.Findings;

/// <summary>How many messages an exchange has lost lately. One thread at a time.</summary>
/// <param name="total">Those that do not count, because they were lost before.</param>
internal sealed class Losses(long total)
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(10); // Entries of one step are one.

    private readonly List<(DateTimeOffset At, long Count)> _recent = [];
    private long _total = total;

    /// <summary>Notes how many there were since the start.</summary>
    public void Note(long total, DateTimeOffset now)
    {
        long count = total - _total;
        _total = total;
        if (count <= 0)
        {
            return;
        }

        if (_recent.Count > 0 && now - _recent[^1].At < Step)
        {
            _recent[^1] = (_recent[^1].At, _recent[^1].Count + count);
        }
        else
        {
            _recent.Add((now, count));
        }
    }

    /// <summary>How many there were since a time; those before are forgotten.</summary>
    public long CountWithin(DateTimeOffset since)
    {
        _recent.RemoveAll(entry => entry.At < since);
        return _recent.Sum(entry => entry.Count);
    }
}
