namespace Ropeway.Core.Timing;

/// <summary>The framework's thread pool. Stateless; any thread may call it.</summary>
internal sealed class WorkPool : IWorkPool
{
    private WorkPool()
    {
    }

    /// <summary>The one of the process.</summary>
    public static WorkPool Instance { get; } = new();

    /// <inheritdoc/>
    public void Queue(IThreadPoolWorkItem work) => ThreadPool.UnsafeQueueUserWorkItem(work, preferLocal: false);

    /// <inheritdoc/>
    public void Queue<T>(Action<T> work, T state) => ThreadPool.UnsafeQueueUserWorkItem(work, state, preferLocal: false);
}
