using System.Threading.Channels;
using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>What a consumer was given, in order, for the test that waits for it. Any thread may put and take.</summary>
/// <param name="patience">How long to wait for a thing, where <see cref="TestDeadline"/> is too short.</param>
internal sealed class Inbox<T>(TimeSpan? patience = null)
{
    private readonly Channel<T> _items = Channel.CreateUnbounded<T>();
    private readonly TimeSpan _patience = patience ?? TestDeadline.Value;

    /// <summary>Things that nobody has taken yet.</summary>
    public int Count => _items.Reader.Count;

    public void Put(T item) => _items.Writer.TryWrite(item);

    /// <summary>The next thing, waited for.</summary>
    public async Task<T> TakeAsync()
    {
        using var deadline = new CancellationTokenSource(_patience);
        try
        {
            return await _items.Reader.ReadAsync(deadline.Token);
        }
        catch (OperationCanceledException cause)
        {
            throw new TimeoutException($"Nothing came within {_patience}.", cause);
        }
    }

    /// <summary>The next so many things, waited for.</summary>
    public async Task<List<T>> TakeAsync(int count)
    {
        var taken = new List<T>(count);
        while (taken.Count < count)
        {
            taken.Add(await TakeAsync());
        }

        return taken;
    }
}
