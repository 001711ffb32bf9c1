using System.Threading.Channels;

namespace Ropeway.Transport.Tests;

/// <summary>A session whose behaviour the test gives, and which remembers what happened to it.</summary>
internal sealed class TestSession(IConnection connection, ConsumeHandler consume) : ISession
{
    private readonly TaskCompletionSource<ConnectionCloseReason> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
    private int _consuming;

    public IConnection Connection { get; } = connection;

    public Task<ConnectionCloseReason> Closed => _closed.Task;

    public int ClosedCount { get; private set; }

    public Action<string>? OnStop { get; set; }

    public Action<long>? Ticked { get; set; }

    public ConsumeResult Consume(ReadOnlySpan<byte> received)
    {
        if (Interlocked.Increment(ref _consuming) != 1)
        {
            throw new InvalidOperationException("Consume ran twice at the same time."); // Without Assert, which allocates.
        }

        try
        {
            return consume(this, received);
        }
        finally
        {
            Interlocked.Decrement(ref _consuming);
        }
    }

    public void OnTick(long nowMs) => Ticked?.Invoke(nowMs);

    public void OnClosed(ConnectionCloseReason reason)
    {
        Assert.Equal(0, Volatile.Read(ref _consuming));
        ClosedCount++;
        _closed.TrySetResult(reason);
    }

    public void BeginStop(string reason) => OnStop?.Invoke(reason);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        lock (Connection.Outbox.Gate)
        {
            bytes.CopyTo(Connection.Outbox.GetSpan(bytes.Length));
            Connection.Outbox.Advance(bytes.Length);
        }
    }

    public void Note(string what) => _events.Writer.TryWrite(what);

    public async Task<string> NextEventAsync() => await _events.Reader.ReadAsync().AsTask().WithDeadlineAsync();

    public bool TryNextEvent(out string? what) => _events.Reader.TryRead(out what);
}
