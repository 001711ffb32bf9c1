namespace Ropeway.CommandLine.Tests;

/// <summary>A clock whose timers never fire, and which says when somebody waits for the short one between two looks.</summary>
internal sealed class WaitedTime : TimeProvider
{
    private static readonly TimeSpan Short = TimeSpan.FromSeconds(1);

    private readonly TaskCompletionSource _waited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when somebody waits for less than a second.</summary>
    public Task Waited => _waited.Task;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (dueTime > TimeSpan.Zero && dueTime < Short)
        {
            _waited.TrySetResult();
        }

        return System.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
