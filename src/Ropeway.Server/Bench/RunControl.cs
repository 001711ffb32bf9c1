using System.Diagnostics;

namespace Ropeway.Server.Bench;

/// <summary>What the threads of one run share: the measured part, the order to stop publishing, and the first fault.</summary>
internal sealed class RunControl
{
    private static readonly TimeSpan ExplanationTime = TimeSpan.FromMilliseconds(500);

    private readonly object _signal = new(); // Monitor, because threads wait on it.
    private Exception? _fault;
    private string? _blockedReason;
    private bool _isPublishingOver;
    private bool _isWarmedUp;
    private bool _isCounting;

    /// <summary>The measured part.</summary>
    public MeasureWindow Window { get; } = new();

    /// <summary>Whether producers shall send nothing more.</summary>
    public bool IsPublishingOver => Volatile.Read(ref _isPublishingOver);

    /// <summary>
    /// Whether the warm-up of a run with a fixed number of messages is over: its producers then wait in
    /// <see cref="WaitForCounting"/> until the queues are empty again.
    /// </summary>
    public bool IsWarmedUp
    {
        get => Volatile.Read(ref _isWarmedUp);
        set => Volatile.Write(ref _isWarmedUp, value);
    }

    /// <summary>The first fault of any thread; null while all is well.</summary>
    public Exception? Fault => Volatile.Read(ref _fault);

    /// <summary>Why the broker last asked publishers to wait (<c>connection.blocked</c>); null when it never did.</summary>
    public string? BlockedReason
    {
        get => Volatile.Read(ref _blockedReason);
        set => Volatile.Write(ref _blockedReason, value);
    }

    /// <summary>Tells producers to stop. Those waiting at a gate are woken by stopping the gate.</summary>
    public void EndPublishing()
    {
        lock (_signal)
        {
            Volatile.Write(ref _isPublishingOver, true);
            Monitor.PulseAll(_signal);
        }
    }

    /// <summary>Begins the measured part of a run with a fixed number of messages.</summary>
    public void StartCounting()
    {
        lock (_signal)
        {
            _isCounting = true;
            Monitor.PulseAll(_signal);
        }
    }

    /// <summary>Waits for <see cref="StartCounting"/> or the end of the run.</summary>
    public void WaitForCounting()
    {
        lock (_signal)
        {
            while (!_isCounting && !_isPublishingOver)
            {
                Monitor.Wait(_signal);
            }
        }
    }

    /// <summary>Notes a fault; the first one wins.</summary>
    public void Fail(Exception fault)
    {
        Interlocked.CompareExchange(ref _fault, fault, null);
        EndPublishing(); // Also wakes those who wait for a fault.
    }

    /// <summary>Notes a broken send, after giving the thread that reads the same connection time to find the broker's reason.</summary>
    public void FailUnlessExplained(Exception fault)
    {
        EndPublishing();
        WaitForFault(ExplanationTime);
        Fail(fault);
    }

    /// <summary>Sleeps, but not past a fault.</summary>
    /// <exception cref="BenchException">A thread failed; this is its fault.</exception>
    public void Sleep(TimeSpan time)
    {
        WaitForFault(time);
        ThrowIfFaulted();
    }

    /// <summary>Passes a thread's fault on.</summary>
    /// <exception cref="BenchException">A thread failed; this is its fault.</exception>
    public void ThrowIfFaulted()
    {
        if (Fault is { } fault)
        {
            throw fault as BenchException ?? new BenchException(fault.Message, fault);
        }
    }

    private void WaitForFault(TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        lock (_signal)
        {
            TimeSpan left = time;
            while (_fault is null && left > TimeSpan.Zero)
            {
                Monitor.Wait(_signal, left);
                left = time - Stopwatch.GetElapsedTime(start);
            }
        }
    }
}
