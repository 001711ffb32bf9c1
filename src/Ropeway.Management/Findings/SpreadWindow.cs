using Ropeway.Core.Resources;

namespace Ropeway.Management.Findings;

/// <summary>What came to a spread within the last time, from copies of it that are kept for so long. One thread at a time.</summary>
/// <param name="span">How far it looks back, at most; by one copy less at least.</param>
/// <param name="every">Time between two copies.</param>
internal sealed class SpreadWindow(TimeSpan span, TimeSpan every)
{
    private readonly Queue<(DateTimeOffset At, DurationSpread Total)> _past = new();
    private DateTimeOffset _lastAt = DateTimeOffset.MinValue;

    /// <summary>Notes how it is now.</summary>
    /// <returns>What came within the time.</returns>
    public DurationSpread Add(DateTimeOffset now, DurationSpread total)
    {
        if (now < _lastAt)
        {
            _past.Clear(); // The clock was set back.
        }

        while (_past.TryPeek(out (DateTimeOffset At, DurationSpread Total) oldest) && now - oldest.At > span)
        {
            _past.Dequeue();
        }

        DurationSpread recent = _past.TryPeek(out (DateTimeOffset At, DurationSpread Total) first) ? total.Since(first.Total) : DurationSpread.None;
        if (_past.Count == 0 || now - _lastAt >= every)
        {
            _past.Enqueue((now, total));
            _lastAt = now;
        }

        return recent;
    }
}
