namespace Ropeway.Storage;

/// <summary>Called back when a cold read is done.</summary>
public interface ILoadWaiter
{
    /// <summary>
    /// Runs on a cold-read thread of the store, without the log's gate; it must only queue the owner's work. Called exactly once
    /// for each <see cref="LogReader.Load"/>, also when the load failed (the next TryRead then says so).
    /// </summary>
    void OnLoaded();
}
