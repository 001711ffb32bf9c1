using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.CommandLine.Amqp;

/// <summary>
/// Publishes on a link, and follows what becomes of each message: safe, returned because it leads to no queue, or refused. Several are on their way at a time. One caller at a time.
/// </summary>
/// <param name="link">The link; nothing else uses it.</param>
/// <param name="timeout">How long the broker may take for the next answer.</param>
/// <param name="time">Clock and timers.</param>
internal sealed class MessagePublisher(AmqpLink link, TimeSpan timeout, TimeProvider time)
{
    private const int OpenCountMax = 256;

    /// <summary>Returned messages bring their bodies: what the broker sends while nobody reads must not be so much that it stops reading, too.</summary>
    private const int OpenBytesMax = 256 * 1024;

    private readonly SortedDictionary<ulong, int> _open = []; // Bytes of the messages without an answer, by their number.
    private ulong _lastNumber;
    private long _openBytes;

    /// <summary>Messages that the broker has taken over, returned ones included.</summary>
    public long ConfirmedCount { get; private set; }

    /// <summary>Messages that lead to no queue.</summary>
    public long ReturnedCount { get; private set; }

    /// <summary>Messages that the broker did not take, for example because a queue is full.</summary>
    public long RefusedCount { get; private set; }

    /// <summary>Asks for answers; before the first message.</summary>
    public async Task BeginAsync(CancellationToken aborted)
    {
        await link.SendAsync(default(ConfirmSelect), aborted).ConfigureAwait(false);
        await WithinAsync(async stop => await link.ExpectAsync(MethodId.ConfirmSelectOk, stop).ConfigureAwait(false), aborted).ConfigureAwait(false);
    }

    /// <summary>Sends a message, when there is room for one more on its way.</summary>
    /// <exception cref="ClientException">The broker closed the channel, or does not answer.</exception>
    public async Task PublishAsync(OutgoingMessage message, CancellationToken aborted)
    {
        while (_open.Count > 0 && (_open.Count == OpenCountMax || _openBytes + message.Body.Length > OpenBytesMax))
        {
            await WithinAsync(ReadAnswerAsync, aborted).ConfigureAwait(false);
        }

        _open.Add(++_lastNumber, message.Body.Length);
        _openBytes += message.Body.Length;
        await WithinAsync(stop => link.SendAsync(message, stop).AsTask(), aborted).ConfigureAwait(false);
    }

    /// <summary>Waits for the answers to all messages.</summary>
    /// <exception cref="ClientException">The broker closed the channel, or does not answer.</exception>
    public async Task CompleteAsync(CancellationToken aborted)
    {
        while (_open.Count > 0)
        {
            await WithinAsync(ReadAnswerAsync, aborted).ConfigureAwait(false);
        }
    }

    private async Task WithinAsync(Func<CancellationToken, Task> act, CancellationToken aborted)
    {
        using var deadline = new CancellationTokenSource(timeout, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, aborted);
        try
        {
            await act(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            string reason = link.BlockedReason is { } why ? $"publishers have to wait: {why}" : "no answer";
            throw new ClientException(ClientExitCode.Unreachable, $"the broker did not take messages within {timeout.TotalSeconds:0.###} s ({reason})", "--timeout waits longer");
        }
    }

    private async Task ReadAnswerAsync(CancellationToken aborted)
    {
        (byte type, ReadOnlyMemory<byte> payload) = await link.ReadAsync(aborted).ConfigureAwait(false);
        switch (Read(type, payload.Span))
        {
            case (MethodId.BasicAck, var number, var isMultiple):
                ConfirmedCount += Close(number, isMultiple);
                break;
            case (MethodId.BasicNack, var number, var isMultiple):
                RefusedCount += Close(number, isMultiple);
                break;
            case (MethodId.BasicReturn, _, _):
                ReturnedCount++; // An ack follows.
                await SkipContentAsync(aborted).ConfigureAwait(false);
                break;
            default:
                throw link.Unexpected();
        }
    }

    private static (MethodId Id, ulong Number, bool IsMultiple) Read(byte type, ReadOnlySpan<byte> payload)
    {
        if (type != FrameType.Method || !MethodFrame.TrySplit(payload, out MethodId id, out ReadOnlySpan<byte> arguments))
        {
            return default;
        }

        return id switch
        {
            MethodId.BasicAck when BasicAck.TryRead(arguments, out BasicAck ack) => (id, ack.DeliveryTag, ack.Multiple),
            MethodId.BasicNack when BasicNack.TryRead(arguments, out BasicNack nack) => (id, nack.DeliveryTag, nack.Multiple),
            _ => (id, 0, false),
        };
    }

    private async Task SkipContentAsync(CancellationToken aborted)
    {
        (byte type, ReadOnlyMemory<byte> payload) = await link.ReadAsync(aborted).ConfigureAwait(false);
        ulong left = type == FrameType.Header && ContentHeader.TryRead(payload.Span, out ContentHeader header) ? header.BodyBytes : throw link.Unexpected();
        while (left > 0)
        {
            (type, payload) = await link.ReadAsync(aborted).ConfigureAwait(false);
            left -= type == FrameType.Body && (ulong)payload.Length <= left ? (ulong)payload.Length : throw link.Unexpected();
        }
    }

    private int Close(ulong number, bool isMultiple)
    {
        ulong[] closed = isMultiple ? [.. _open.Keys.TakeWhile(open => open <= number)] : _open.ContainsKey(number) ? [number] : [];
        foreach (ulong one in closed)
        {
            _openBytes -= _open[one];
            _open.Remove(one);
        }

        return closed.Length;
    }
}
