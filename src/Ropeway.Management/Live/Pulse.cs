namespace Ropeway.Management.Live;

/// <summary>Tells one waiter that something may be new. What happened while it did not wait counts once. Any thread.</summary>
internal sealed class Pulse
{
    private TaskCompletionSource _next = New();

    /// <summary>Completes at the next beat. Taken before one looks at what may change.</summary>
    public Task Next => Volatile.Read(ref _next).Task;

    /// <summary>Something may be new.</summary>
    public void Beat() => Interlocked.Exchange(ref _next, New()).TrySetResult();

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
