using System.Buffers.Binary;
using Ropeway.Storage;

namespace Ropeway.Core.Deduplication;

/// <summary>An id that a queue has had.</summary>
/// <param name="Hash">The id.</param>
/// <param name="SeenAtMs">When, in milliseconds since the Unix epoch.</param>
/// <param name="Offset">Its number in the queue's log of ids.</param>
internal readonly record struct SeenId(IdHash Hash, long SeenAtMs, long Offset)
{
    /// <summary>Octets of the stored form: the hash, then the time as i64, little-endian.</summary>
    public const int Bytes = IdHash.Bytes + sizeof(long);

    /// <summary>Reads a record of a log of ids.</summary>
    public static SeenId Read(in RecordView record) =>
        new(IdHash.Read(record.Payload), BinaryPrimitives.ReadInt64LittleEndian(record.Payload[IdHash.Bytes..]), record.Offset);

    /// <summary>Writes the stored form.</summary>
    public void Write(Span<byte> destination)
    {
        Hash.Write(destination);
        BinaryPrimitives.WriteInt64LittleEndian(destination[IdHash.Bytes..], SeenAtMs);
    }
}
