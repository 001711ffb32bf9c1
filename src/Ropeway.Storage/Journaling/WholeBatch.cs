using System.Buffers;
using System.Buffers.Binary;

namespace Ropeway.Storage.Journaling;

/// <summary>
/// A batch whose records refer to a shared part, written anew with whole records, so that it means the same where the shared part is not.
/// Scratch memory of one reader of the journal.
/// </summary>
internal sealed class WholeBatch : IDisposable
{
    private byte[] _shared = [];
    private byte[] _payload = [];

    /// <summary>Takes a copy of the payload of the shared part.</summary>
    public void SetShared(ReadOnlySpan<byte> payload) => payload.CopyTo(Grow(ref _shared, payload.Length));

    /// <summary>Writes the payload that the batch would have if its records were whole.</summary>
    /// <param name="header">The batch's header.</param>
    /// <param name="payload">Its payload, tested.</param>
    /// <returns>Valid until the next call.</returns>
    public ReadOnlySpan<byte> Write(scoped in BatchHeader header, scoped ReadOnlySpan<byte> payload)
    {
        int start = SharedReference.StartIn(header.Flags);
        int bytes = payload.Length - SharedReference.Bytes - (header.Count * AppendSpace.ReferenceBytes) + SharedReference.Read(payload[start..]).SharedBytes;
        Span<byte> whole = Grow(ref _payload, bytes).AsSpan(0, bytes);
        payload[..start].CopyTo(whole);
        Span<byte> target = whole[start..];
        payload = payload[(start + SharedReference.Bytes)..];
        for (int record = 0; record < header.Count; record++)
        {
            ReadOnlySpan<byte> own = payload[AppendSpace.RecordHeaderBytes..][..BinaryPrimitives.ReadInt32LittleEndian(payload)];
            int sharedStart = BinaryPrimitives.ReadInt32LittleEndian(own);
            int sharedBytes = BinaryPrimitives.ReadInt32LittleEndian(own[4..]);
            own = own[AppendSpace.ReferenceBytes..];
            BinaryPrimitives.WriteInt32LittleEndian(target, own.Length + sharedBytes);
            payload[4..AppendSpace.RecordHeaderBytes].CopyTo(target[4..]);
            own.CopyTo(target[AppendSpace.RecordHeaderBytes..]);
            _shared.AsSpan(sharedStart, sharedBytes).CopyTo(target[(AppendSpace.RecordHeaderBytes + own.Length)..]);
            target = target[(AppendSpace.RecordHeaderBytes + own.Length + sharedBytes)..];
            payload = payload[(AppendSpace.RecordHeaderBytes + AppendSpace.ReferenceBytes + own.Length)..];
        }

        return whole;
    }

    public void Dispose()
    {
        Return(_shared);
        Return(_payload);
    }

    private static byte[] Grow(ref byte[] memory, int bytes)
    {
        if (memory.Length < bytes)
        {
            Return(memory);
            memory = ArrayPool<byte>.Shared.Rent(bytes);
        }

        return memory;
    }

    private static void Return(byte[] memory)
    {
        if (memory.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(memory);
        }
    }
}
