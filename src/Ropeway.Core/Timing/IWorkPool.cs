namespace Ropeway.Core.Timing;

/// <summary>Does work soon that must not be done on the spot: on the pool's threads, in a simulation step by step. Any thread may call it, with any gate held.</summary>
internal interface IWorkPool
{
    /// <summary>Has work done once. Nobody is told about its end.</summary>
    void Queue(IThreadPoolWorkItem work);

    /// <summary>Has a method called once, which must not throw.</summary>
    void Queue<T>(Action<T> work, T state);
}
