namespace Ropeway.Core.Timing;

/// <summary>Work that goes on without a client waiting for it, on pool threads. A clean stop lets it finish. Any thread.</summary>
public sealed class BackgroundWork
{
    private readonly object _gate = new(); // Monitor, because the stop waits on it.
    private int _count;
    private volatile bool _isStopping;

    /// <summary>Whether work under way must end as soon as it can.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>Work begins; <see cref="End"/> follows.</summary>
    /// <returns>False when nothing may begin any more.</returns>
    public bool TryBegin()
    {
        lock (_gate)
        {
            if (_isStopping)
            {
                return false;
            }

            _count++;
            return true;
        }
    }

    /// <summary>Work has ended.</summary>
    public void End()
    {
        lock (_gate)
        {
            if (--_count == 0)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Waits for what is under way, first for its end, then for its next step. No gate may be held.</summary>
    /// <param name="patience">How long work may go on by itself.</param>
    public void Stop(TimeSpan patience)
    {
        lock (_gate)
        {
            if (_count > 0)
            {
                Monitor.Wait(_gate, patience);
            }

            _isStopping = true;
            while (_count > 0)
            {
                Monitor.Wait(_gate);
            }
        }
    }
}
