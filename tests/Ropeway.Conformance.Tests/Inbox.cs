using System.Threading.Channels;
using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>What a consumer was given, in order, for the test that waits for it. Any thread may put and take.</summary>
internal sealed class Inbox<T>
{
    private readonly Channel<T> _items = Channel.CreateUnbounded<T>();

    /// <summary>Things that nobody has taken yet.</summary>
    public int Count => _items.Reader.Count;

    public void Put(T item) => _items.Writer.TryWrite(item);

    /// <summary>The next thing, waited for.</summary>
    public async Task<T> TakeAsync()
    {
        using var deadline = new CancellationTokenSource(TestDeadline.Value);
        try
        {
            return await _items.Reader.ReadAsync(deadline.Token);
        }
        catch (OperationCanceledException cause)
        {
            throw new TimeoutException($"Nothing came within {TestDeadline.Value}.", cause);
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
