using System.Security.Cryptography;
using Ropeway.Messages;

namespace Ropeway.Core.Queues.Groups;

/// <summary>Finds out which group a message belongs to. Pure; any thread.</summary>
internal static class GroupId
{
    /// <summary>Most bytes of an id as it is kept.</summary>
    public const int BytesMax = 256;

    private const byte LongString = (byte)'S';
    private const int PlainBytesMax = BytesMax - 1;

    private static ReadOnlySpan<byte> Header => "x-group-id"u8;

    private static ReadOnlySpan<byte> JmsHeader => "JMSXGroupID"u8;

    /// <summary>Reads the id out of a message's properties; allocates nothing.</summary>
    /// <param name="properties">The producer's properties, as they are stored.</param>
    /// <param name="scratch"><see cref="BytesMax"/> bytes.</param>
    /// <param name="id">
    /// Up to 255 bytes: the id. 256 bytes, in <paramref name="scratch"/>: the start of a longer one and its SHA-256, so that a long
    /// id takes no more memory, and nobody can make two that look alike.
    /// </param>
    /// <returns>False when the message belongs to no group.</returns>
    public static bool TryRead(ReadOnlySpan<byte> properties, Span<byte> scratch, out ReadOnlySpan<byte> id)
    {
        id = default;
        ReadOnlySpan<byte> headers = ContentProperties.Read(properties).Headers;
        if ((!FieldTableCodec.TryFind(headers, Header, out RawField field) && !FieldTableCodec.TryFind(headers, JmsHeader, out field)) || field.Type != LongString)
        {
            return false;
        }

        id = field.Value;
        if (id.Length > PlainBytesMax)
        {
            const int StartBytes = BytesMax - SHA256.HashSizeInBytes;
            id[..StartBytes].CopyTo(scratch);
            SHA256.HashData(id, scratch[StartBytes..]);
            id = scratch[..BytesMax];
        }

        return !id.IsEmpty;
    }
}
