using System.Buffers.Binary;
using System.Security.Cryptography;
using Ropeway.Core.Queues;
using Ropeway.Messages;

namespace Ropeway.Core.Deduplication;

/// <summary>Stands for a message's id: the first 16 octets of its SHA-256, so that nobody can make two ids that look alike.</summary>
internal readonly record struct IdHash(ulong First, ulong Second)
{
    /// <summary>Octets of the stored form.</summary>
    public const int Bytes = 16;

    /// <summary>Reads the stored form, little-endian.</summary>
    public static IdHash Read(ReadOnlySpan<byte> bytes) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(bytes), BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]));

    /// <summary>Takes the id out of a message.</summary>
    /// <param name="item">The message.</param>
    /// <param name="source">The received bytes, for an item without a block.</param>
    /// <param name="headerUtf8">The header that holds the id; without it the message-id counts.</param>
    /// <param name="hash">What stands for it.</param>
    /// <returns>False when the message has no id.</returns>
    public static bool TryOf(in PublishItem item, ReadOnlySpan<byte> source, ReadOnlySpan<byte> headerUtf8, out IdHash hash)
    {
        ReadOnlySpan<byte> from = item.Block is null ? source : item.Block.Span;
        ContentProperties properties = ContentProperties.Read(from.Slice(item.PropertiesStart, item.PropertiesBytes));
        ReadOnlySpan<byte> id = FieldTableCodec.TryFind(properties.Headers, headerUtf8, out RawField field) ? field.Value : default;
        id = id.IsEmpty ? properties.MessageId : id;
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(id, digest);
        hash = Read(digest);
        return !id.IsEmpty;
    }

    /// <summary>Writes the stored form.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt64LittleEndian(destination, First);
        BinaryPrimitives.WriteUInt64LittleEndian(destination[8..], Second);
    }
}
