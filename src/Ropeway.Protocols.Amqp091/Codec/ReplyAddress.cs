using System.Buffers.Binary;
using System.Buffers.Text;

namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>Names of direct replies (RabbitMQ's extension): the queue that clients consume from, and the addresses made from it. Pure.</summary>
/// <remarks>
/// <code>| amq.rabbitmq.reply-to. | token, 128 bits as base64url without padding: 22 characters |</code>
/// </remarks>
public static class ReplyAddress
{
    /// <summary>Length of an address.</summary>
    public const int Bytes = 44;

    private const int TokenBytes = 16;
    private const int EncodedBytes = 22;

    /// <summary>The queue that is none: consuming from it asks for direct replies, as reply-to it stands for the consumer's address.</summary>
    public static ReadOnlySpan<byte> PseudoQueue => "amq.rabbitmq.reply-to"u8;

    private static ReadOnlySpan<byte> Prefix => "amq.rabbitmq.reply-to."u8;

    /// <summary>Makes the address of a token.</summary>
    public static byte[] Of(UInt128 token)
    {
        byte[] address = new byte[Bytes];
        Prefix.CopyTo(address);
        Span<byte> binary = stackalloc byte[TokenBytes];
        BinaryPrimitives.WriteUInt128BigEndian(binary, token);
        Base64Url.EncodeToUtf8(binary, address.AsSpan(Prefix.Length), out _, out _);
        return address;
    }

    /// <summary>Whether a name is the pseudo-queue or looks like an address.</summary>
    public static bool IsReserved(ReadOnlySpan<byte> name) => name.SequenceEqual(PseudoQueue) || name.StartsWith(Prefix);

    /// <summary>Reads the token of an address; allocates nothing.</summary>
    /// <returns>False when the name is no address that <see cref="Of"/> could have made.</returns>
    public static bool TryRead(ReadOnlySpan<byte> name, out UInt128 token)
    {
        token = default;
        if (name.Length != Bytes || !name.StartsWith(Prefix))
        {
            return false;
        }

        Span<byte> binary = stackalloc byte[EncodedBytes];
        if (Base64Url.DecodeFromUtf8(name[Prefix.Length..], binary, out _, out int written) != System.Buffers.OperationStatus.Done || written != TokenBytes)
        {
            return false;
        }

        token = BinaryPrimitives.ReadUInt128BigEndian(binary);
        return true;
    }
}
