using System.Text;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.CommandLine.Amqp;

/// <summary>Reads whole messages from a link's channel. One caller at a time.</summary>
internal sealed class MessageReader(AmqpLink link)
{
    /// <summary>Waits for the next delivery, or for the answer to a get.</summary>
    /// <returns>Null when the queue is empty.</returns>
    /// <exception cref="ClientException">The broker closed the channel or the connection, or cancelled the consumer.</exception>
    public async Task<ReceivedMessage?> ReadAsync(CancellationToken aborted)
    {
        (byte type, ReadOnlyMemory<byte> payload) = await link.ReadAsync(aborted).ConfigureAwait(false);
        if (type != FrameType.Method || Start(payload.Span) is not { } message)
        {
            return null;
        }

        (type, payload) = await link.ReadAsync(aborted).ConfigureAwait(false);
        (int bodyBytes, byte[] properties) = ReadHeader(type, payload.Span);
        byte[] body = new byte[bodyBytes];
        int filled = 0;
        while (filled < body.Length)
        {
            (type, payload) = await link.ReadAsync(aborted).ConfigureAwait(false);
            if (type != FrameType.Body || payload.Length > body.Length - filled)
            {
                throw link.Unexpected();
            }

            payload.CopyTo(body.AsMemory(filled));
            filled += payload.Length;
        }

        return message with { Properties = properties, Body = body };
    }

    private ReceivedMessage? Start(ReadOnlySpan<byte> payload)
    {
        if (!MethodFrame.TrySplit(payload, out MethodId id, out ReadOnlySpan<byte> arguments))
        {
            throw link.Unexpected();
        }

        return id switch
        {
            MethodId.BasicDeliver when BasicDeliver.TryRead(arguments, out BasicDeliver deliver) =>
                new ReceivedMessage(deliver.DeliveryTag, deliver.Redelivered, Encoding.UTF8.GetString(deliver.Exchange), Encoding.UTF8.GetString(deliver.RoutingKey), [], []),
            MethodId.BasicGetOk when BasicGetOk.TryRead(arguments, out BasicGetOk got) =>
                new ReceivedMessage(got.DeliveryTag, got.Redelivered, Encoding.UTF8.GetString(got.Exchange), Encoding.UTF8.GetString(got.RoutingKey), [], []),
            MethodId.BasicGetEmpty => null,
            _ => throw link.Unexpected(),
        };
    }

    private (int BodyBytes, byte[] Properties) ReadHeader(byte type, ReadOnlySpan<byte> payload) =>
        type == FrameType.Header && ContentHeader.TryRead(payload, out ContentHeader header) && header.BodyBytes <= int.MaxValue
            ? ((int)header.BodyBytes, header.Properties.ToArray())
            : throw link.Unexpected();
}
