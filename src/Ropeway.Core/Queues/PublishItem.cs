using Ropeway.Buffers;
using Ropeway.Messages;

namespace Ropeway.Core.Queues;

/// <summary>One message on its way in: where its parts lie in <see cref="Block"/> or, when that is null, in the batch's source span.</summary>
/// <remarks>A mutable struct, because the one batch that owns it fills it in place.</remarks>
public struct PublishItem
{
    /// <summary>Memory that holds the parts; null: the received bytes themselves. The batch's owner holds the reference.</summary>
    public NativeBlock? Block;

    /// <summary>The envelope.</summary>
    public MessageHead Head;

    /// <summary>The body file that holds the body; 0 when the body lies at <see cref="BodyStart"/>.</summary>
    public ulong BodyId;

    /// <summary>Start of the exchange name.</summary>
    public int ExchangeStart;

    /// <summary>Start of the routing key.</summary>
    public int RoutingKeyStart;

    /// <summary>Start of the encoded properties.</summary>
    public int PropertiesStart;

    /// <summary>Length of the encoded properties.</summary>
    public int PropertiesBytes;

    /// <summary>Start of the body.</summary>
    public int BodyStart;

    /// <summary>Length of the body, wherever it lies.</summary>
    public int BodyBytes;

    /// <summary>Length of the exchange name.</summary>
    public byte ExchangeBytes;

    /// <summary>Length of the routing key.</summary>
    public byte RoutingKeyBytes;

    /// <summary>The shared part of the batch that holds what follows the envelope, counted from 1; 0 when each queue gets all of it.</summary>
    internal int Shared;

    /// <summary>Where it starts there.</summary>
    internal int SharedStart;

    /// <summary>Set when a queue would not take the message; its publisher is told (a negative confirm).</summary>
    public bool IsRejected;

    /// <summary>Length of the stored record's payload.</summary>
    public readonly int StoredBytes =>
        StoredMessage.GetByteCountWithoutBody(ExchangeBytes, RoutingKeyBytes, PropertiesBytes) + (BodyId == 0 ? BodyBytes : 0);

    /// <summary>Length of the stored form behind the envelope: the same in all queues.</summary>
    internal readonly int RestBytes => StoredBytes - StoredMessage.HeadBytes;

    /// <summary>Writes the stored form: the one copy in.</summary>
    /// <param name="destination">Exactly <see cref="StoredBytes"/>.</param>
    /// <param name="source">The received bytes, for an item without a block.</param>
    /// <param name="ttlMs">How long the message lives at most; <see cref="MessageHead.NoTtl"/> for ever.</param>
    internal readonly void WriteTo(Span<byte> destination, ReadOnlySpan<byte> source, long ttlMs)
    {
        WriteHeadTo(destination, ttlMs);
        WriteRestTo(destination[StoredMessage.HeadBytes..], source);
    }

    /// <summary>Writes the envelope alone.</summary>
    /// <param name="destination">At least <see cref="StoredMessage.HeadBytes"/>.</param>
    /// <param name="ttlMs">As in <see cref="WriteTo"/>.</param>
    internal readonly void WriteHeadTo(Span<byte> destination, long ttlMs) =>
        StoredMessage.WriteHead(destination, Head.Within(ttlMs), ExchangeBytes, RoutingKeyBytes, PropertiesBytes, BodyBytes);

    /// <summary>Writes what follows the envelope.</summary>
    /// <param name="destination">Exactly <see cref="RestBytes"/>.</param>
    /// <param name="source">As in <see cref="WriteTo"/>.</param>
    internal readonly void WriteRestTo(Span<byte> destination, ReadOnlySpan<byte> source)
    {
        ReadOnlySpan<byte> from = Block is null ? source : Block.Span;
        Span<byte> body = StoredMessage.WriteRest(
            destination,
            from.Slice(ExchangeStart, ExchangeBytes),
            from.Slice(RoutingKeyStart, RoutingKeyBytes),
            from.Slice(PropertiesStart, PropertiesBytes));
        if (BodyId == 0)
        {
            from.Slice(BodyStart, BodyBytes).CopyTo(body);
        }
    }
}
