using Ropeway.Storage.Disk;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>
/// The store's scrubbing thread: reads everything at rest, slowly and at the lowest priority, so that damage is found before a consumer
/// or a restart meets it. An error of its own ends a pass, never the store.
/// </summary>
internal sealed class Scrubber : IDisposable
{
    private const int DamageCountMax = 1000;
    private static readonly TimeSpan FirstDelayMax = TimeSpan.FromHours(1); // A store that is opened every day is to be tested, too.

    private readonly Lock _gate = new();
    private readonly StoreParts _parts;
    private readonly ScrubOptions _options;
    private readonly Signal _wake = new();
    private Thread? _thread; // Null before the start, and when the rate is 0.
    private readonly ITimer _timer;
    private readonly List<StoreDamage> _damages = [];
    private long _passCount;
    private long _readBytes;
    private DateTimeOffset? _lastPass;
    private volatile bool _isStopping;

    public Scrubber(StoreParts parts, ScrubOptions options)
    {
        _parts = parts;
        _options = options;
        _timer = options.Time.CreateTimer(static state => ((Signal)state!).Set(), _wake, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>What was done and found so far. Any thread.</summary>
    public ScrubReport Report
    {
        get
        {
            lock (_gate)
            {
                return new ScrubReport(_passCount, _readBytes, _lastPass, [.. _damages]);
            }
        }
    }

    /// <summary>Starts the thread, unless the rate is 0.</summary>
    public void Start()
    {
        if (_options.BytesPerSecond > 0)
        {
            _thread = new Thread(Serve) { Name = "ropeway-scrub", IsBackground = true };
            _thread.Start();
        }
    }

    /// <summary>One pass without waiting, on the caller's thread.</summary>
    public void RunPass() => RunPass(bytes => Count(bytes));

    /// <summary>Ends the pass under way and the thread.</summary>
    public void Dispose()
    {
        _isStopping = true;
        _wake.Set();
        _thread?.Join();
        _timer.Dispose();
    }

    private void Serve()
    {
        Posix.LowerPriority();
        ReadPace pace = new(_options.BytesPerSecond, _options.Time);
        TimeSpan delay = _options.Interval < FirstDelayMax ? _options.Interval : FirstDelayMax;
        while (Wait(delay))
        {
            delay = _options.Interval;
            try
            {
                RunPass(bytes =>
                {
                    Count(bytes);
                    if (pace.Take(bytes) is { Ticks: > 0 } pause && !Wait(pause))
                    {
                        throw new OperationCanceledException();
                    }
                });
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception fault) // The top of the scrubbing thread: the next pass begins anew.
            {
                StorageLog.ScrubFailed(_parts.Spaces.Logger, fault);
            }
        }
    }

    private void RunPass(Action<int> beforeRead)
    {
        new ScrubPass(_parts, beforeRead, Note).Run();
        lock (_gate)
        {
            _passCount++;
            _lastPass = _options.Time.GetUtcNow();
            StorageLog.ScrubPassed(_parts.Spaces.Logger, _passCount, _readBytes, _damages.Count);
        }
    }

    private void Count(int bytes)
    {
        lock (_gate)
        {
            _readBytes += bytes;
        }
    }

    private void Note(StoreDamage damage)
    {
        lock (_gate)
        {
            if (_damages.Exists(known => known.Kind == damage.Kind && known.File == damage.File && known.Position == damage.Position))
            {
                return; // Found before; its place is emptied when it can be.
            }

            if (_damages.Count == DamageCountMax)
            {
                _damages.RemoveAt(0);
            }

            _damages.Add(damage);
        }

        StorageLog.ScrubFoundDamage(_parts.Spaces.Logger, damage.Text, damage.Position, damage.Bytes, damage.Victims.Sum(static victim => victim.LostCount));
    }

    /// <returns>False when the thread is to end.</returns>
    private bool Wait(TimeSpan delay)
    {
        if (!_isStopping)
        {
            _timer.Change(delay, Timeout.InfiniteTimeSpan);
            _wake.Wait(Timeout.Infinite);
        }

        return !_isStopping;
    }
}
