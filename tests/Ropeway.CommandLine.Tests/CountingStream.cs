namespace Ropeway.CommandLine.Tests;

/// <summary>Counts the writes that it takes, and lets a test wait for them.</summary>
internal sealed class CountingStream : MemoryStream
{
    private readonly SemaphoreSlim _writes = new(0);

    /// <summary>Waits for so many writes more.</summary>
    public async Task WrittenAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.True(await _writes.WaitAsync(TimeSpan.FromSeconds(30)));
        }
    }

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _writes.Release();
        return base.WriteAsync(buffer, cancellationToken);
    }

    protected override void Dispose(bool disposing)
    {
        _writes.Dispose();
        base.Dispose(disposing);
    }
}
