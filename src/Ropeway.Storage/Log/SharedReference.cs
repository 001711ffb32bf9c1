using System.Buffers.Binary;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>What a batch with <see cref="BatchHeader.Referring"/> says of the shared part that its records refer to.</summary>
/// <remarks>
/// Little-endian, 8 bytes, in front of the records:
/// <code>
///  0  4  backBytes     from the header of the shared part to the header of this batch; both lie in one block
///  4  4  sharedBytes   sum of what the records have there
/// </code>
/// </remarks>
internal readonly record struct SharedReference(int BackBytes, int SharedBytes)
{
    /// <summary>Its length.</summary>
    public const int Bytes = 8;

    /// <summary>Bytes from the header of a shared part to the end of a batch that refers to it at most: one cold read brings both.</summary>
    public const int SpanBytesMax = ColdReads.LoadBytesMax;

    /// <summary>Where it lies in the payload of a batch.</summary>
    /// <param name="flags">The batch's flags.</param>
    public static int StartIn(byte flags) => (flags & BatchHeader.InUnit) == 0 ? 0 : AtomicUnit.PrefixBytes;

    public static SharedReference Read(ReadOnlySpan<byte> source) =>
        new(BinaryPrimitives.ReadInt32LittleEndian(source), BinaryPrimitives.ReadInt32LittleEndian(source[4..]));

    /// <summary>Finds and tests the shared part that a batch refers to.</summary>
    /// <param name="memory">A piece of the journal with both.</param>
    /// <param name="at">Where the batch lies in it.</param>
    /// <param name="header">Its header, with <see cref="BatchHeader.Referring"/>; its checksum is right.</param>
    /// <param name="position">Journal position of the piece.</param>
    /// <param name="partAt">Where the part lies in it.</param>
    public static bool TryFindPart(ReadOnlySpan<byte> memory, int at, in BatchHeader header, ulong position, out int partAt)
    {
        partAt = at - Read(memory[(at + BatchHeader.HeaderBytes + StartIn(header.Flags))..]).BackBytes;
        return partAt >= 0
            && BatchHeader.TryValidate(memory[partAt..at], position + (ulong)partAt, out BatchHeader part)
            && part.Type == BatchType.SharedPart;
    }

    public void Write(Span<byte> target)
    {
        BinaryPrimitives.WriteInt32LittleEndian(target, BackBytes);
        BinaryPrimitives.WriteInt32LittleEndian(target[4..], SharedBytes);
    }
}
