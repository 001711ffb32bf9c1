namespace Ropeway.Core.Jobs;

/// <summary>Holds a job to its rate, and while it is paused. The job waits; others pause it. Any thread.</summary>
/// <param name="time">The clock.</param>
/// <param name="rateMax">Messages a second; null for no limit.</param>
internal sealed class JobPace(TimeProvider time, int? rateMax)
{
    private const int StepsPerSecond = 4;

    private readonly Lock _gate = new();
    private TaskCompletionSource? _goOn; // While it is paused.
    private long _startedAt = time.GetTimestamp(); // Since when the rate is counted,
    private long _startCount; // and how many messages were handled then.

    /// <summary>Whether it is paused.</summary>
    public bool IsPaused
    {
        get
        {
            lock (_gate)
            {
                return _goOn is not null;
            }
        }
    }

    /// <summary>Most messages to handle before asking again.</summary>
    public int StepMax => rateMax is { } rate ? Math.Clamp(rate / StepsPerSecond, 1, TransferSlice.CountMax) : TransferSlice.CountMax;

    /// <summary>The job stops before its next step.</summary>
    public void Pause()
    {
        lock (_gate)
        {
            _goOn ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>The job goes on.</summary>
    /// <param name="handledCount">Messages that it has handled.</param>
    public void Resume(long handledCount)
    {
        lock (_gate)
        {
            _goOn?.TrySetResult();
            _goOn = null;
            _startedAt = time.GetTimestamp();
            _startCount = handledCount;
        }
    }

    /// <summary>Completes when the next step may be done.</summary>
    /// <param name="handledCount">Messages handled so far.</param>
    /// <param name="stop">Ends waiting.</param>
    public async Task WaitAsync(long handledCount, CancellationToken stop)
    {
        while (MustWait(handledCount, out Task goOn, out TimeSpan delay))
        {
            await goOn.WaitAsync(stop).ConfigureAwait(false);
            if (delay > TimeSpan.Zero)
            {
                await Task.Delay(delay, time, stop).ConfigureAwait(false);
            }
        }
    }

    private bool MustWait(long handledCount, out Task goOn, out TimeSpan delay)
    {
        lock (_gate)
        {
            goOn = _goOn?.Task ?? Task.CompletedTask;
            delay = TimeSpan.Zero;
            if (_goOn is null && rateMax is { } rate)
            {
                delay = TimeSpan.FromSeconds((double)(handledCount - _startCount) / rate) - time.GetElapsedTime(_startedAt);
            }

            return _goOn is not null || delay > TimeSpan.Zero;
        }
    }
}
