namespace Ropeway.Storage.Tests.Stores;

/// <summary>Waits for a cold read.</summary>
internal sealed class LoadWait : ILoadWaiter, IDisposable
{
    private readonly ManualResetEventSlim _loaded = new();

    public void OnLoaded() => _loaded.Set();

    public void Wait()
    {
        Assert.True(_loaded.Wait(Deadline.Milliseconds), "The cold read did not end.");
        _loaded.Reset();
    }

    public void Dispose() => _loaded.Dispose();
}
