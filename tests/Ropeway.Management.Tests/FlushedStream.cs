using System.Text;

namespace Ropeway.Management.Tests;

/// <summary>The body of an answer that keeps what is written and tells when it was flushed.</summary>
/// <param name="onFlushed">Called by who writes, with how often it was flushed so far.</param>
internal sealed class FlushedStream(Action<int> onFlushed) : MemoryStream
{
    private readonly SemaphoreSlim _flushed = new(0);
    private int _count;

    public string Text => Encoding.UTF8.GetString(ToArray());

    /// <summary>Done when it was flushed so often.</summary>
    public async Task FlushedAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Assert.True(await _flushed.WaitAsync(Deadline.Value));
        }
    }

    public override Task FlushAsync(CancellationToken cancellationToken)
    {
        onFlushed(++_count);
        _flushed.Release();
        return Task.CompletedTask;
    }

    protected override void Dispose(bool disposing)
    {
        _flushed.Dispose();
        base.Dispose(disposing);
    }
}
