using System.Buffers;
using Ropeway.Buffers;
using Ropeway.Core;
using Ropeway.Transport;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// One body that is being written to a file of its own while its connection pauses. Begun on the owner; ends on any thread by
/// resuming the connection. It holds the body's memory itself, because the connection may end before the write does.
/// </summary>
internal sealed class LargeBody(AmqpChannel channel, Durability disk, IConnection connection)
{
    private readonly Lock _gate = new();
    private volatile bool _isDone;
    private bool _isBegun;
    private bool _isAbandoned;

    /// <summary>The channel whose content it is.</summary>
    public AmqpChannel Channel { get; } = channel;

    /// <summary>Whether the file is there, or failed.</summary>
    public bool IsDone => _isDone;

    /// <summary>The body file; only when done without fault.</summary>
    public ulong BodyId { get; private set; }

    /// <summary>Why it failed; null when it did not.</summary>
    public string? Fault { get; private set; }

    /// <summary>Starts writing, once.</summary>
    public void Begin()
    {
        if (_isBegun)
        {
            return;
        }

        _isBegun = true;
        IncomingContent content = Channel.Content;
        NativeBlock block = content.Block!;
        ReadOnlyMemory<byte> body = block.Memory.Slice(content.BodyStart, (int)content.BodyBytes);
        block.AddReference();
        _ = FinishAsync(disk.WriteBodyAsync(new ReadOnlySequence<byte>(body)), block);
    }

    /// <summary>The connection is over and its message with it: the file is given up, now or when it is written.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            _isAbandoned = true;
            if (!_isDone)
            {
                return;
            }
        }

        GiveUp();
    }

    private async Task FinishAsync(Task<StoredBody> writing, NativeBlock block)
    {
        try
        {
            (BodyId, Fault) = await writing.ConfigureAwait(false);
        }
        finally
        {
            block.Release();
        }

        bool isAbandoned;
        lock (_gate)
        {
            _isDone = true;
            isAbandoned = _isAbandoned;
        }

        if (isAbandoned)
        {
            GiveUp();
        }

        connection.Resume();
    }

    private void GiveUp()
    {
        if (Fault is null)
        {
            disk.ReleaseBody(BodyId);
        }
    }
}
