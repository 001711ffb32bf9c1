using System.Buffers.Binary;

namespace Ropeway.Storage.Tests.Stores;

/// <summary>Records of several logs that go on in one shared part. What is their own says what the rest has to be, so that the whole can be tested wherever it lies.</summary>
/// <param name="count">Records for each log.</param>
/// <param name="sharedBytes">About how long what they share is.</param>
/// <param name="number">Tells this part from others.</param>
internal sealed class SharedRecords(int count, int sharedBytes, int number)
{
    private const int HeadBytes = 16; // The mark, 2 bytes as they come, i32 number of the part, i32 place in it.
    private const int OwnBytes = 40;

    private SharedPart _part;

    private static ReadOnlySpan<byte> Mark => "SHARED"u8; // No other record of a test begins so: their bytes ascend.

    /// <summary>Appends one batch to each of some logs, whose records have all but 40 bytes in common.</summary>
    /// <param name="logs">The logs.</param>
    /// <param name="count">As in the constructor.</param>
    /// <param name="sharedBytes">As in the constructor.</param>
    /// <param name="number">As in the constructor.</param>
    /// <param name="tag">The batches' tag.</param>
    /// <param name="unit">Their unit, or null.</param>
    /// <returns>The index that all of it is durable at.</returns>
    public static ulong Append(IReadOnlyList<StoredLog> logs, int count, int sharedBytes, int number, byte tag = 0, AtomicUnit? unit = null)
    {
        SharedRecords records = new(count, sharedBytes, number);
        records.Write(logs[0]);
        ulong index = 0;
        foreach (StoredLog log in logs)
        {
            while (!records.TryRefer(log, out index, tag, unit))
            {
                records.Write(log);
            }
        }

        return index;
    }

    /// <summary>Writes the part, or writes it again.</summary>
    public void Write(StoredLog log)
    {
        SharedSpace space = log.BeginShared(Enumerable.Range(0, count).Sum(BytesOf));
        Span<byte> payload = space.Payload;
        for (int place = 0; place < count; place++)
        {
            FillRest(payload[..BytesOf(place)], number, place);
            payload = payload[BytesOf(place)..];
        }

        _part = space.Complete();
    }

    /// <summary>Appends a batch that refers to all of the part.</summary>
    /// <returns>False when the part is too far back.</returns>
    public bool TryRefer(StoredLog log, out ulong index, byte tag = 0, AtomicUnit? unit = null)
    {
        index = 0;
        lock (log.Gate)
        {
            if (!log.TryBeginReferring(count, count * OwnBytes, tag, _part, unit, out AppendSpace space))
            {
                return false;
            }

            int start = 0;
            for (int place = 0; place < count; place++)
            {
                FillOwn(space.AddReferring(OwnBytes, start, BytesOf(place)), log.Id, space.FirstOffset + place, number, place);
                start += BytesOf(place);
            }

            index = space.Complete();
            return true;
        }
    }

    /// <summary>Whether a record was appended here.</summary>
    public static bool Is(ReadOnlySpan<byte> record) => record.StartsWith(Mark);

    /// <summary>Whether all bytes of such a record are right.</summary>
    public static bool IsRight(StoredLog log, long offset, ReadOnlySpan<byte> record)
    {
        int number = BinaryPrimitives.ReadInt32LittleEndian(record[8..]);
        int place = BinaryPrimitives.ReadInt32LittleEndian(record[12..]);
        byte[] expected = new byte[record.Length];
        FillOwn(expected.AsSpan(0, OwnBytes), log.Id, offset, number, place);
        FillRest(expected.AsSpan(OwnBytes), number, place);
        return record.SequenceEqual(expected);
    }

    private static void FillOwn(Span<byte> own, ulong logId, long offset, int number, int place)
    {
        StoreRig.Fill(own, logId, offset);
        Mark.CopyTo(own);
        BinaryPrimitives.WriteInt32LittleEndian(own[8..], number);
        BinaryPrimitives.WriteInt32LittleEndian(own[12..HeadBytes], place);
    }

    private static void FillRest(Span<byte> rest, int number, int place)
    {
        for (int i = 0; i < rest.Length; i++)
        {
            rest[i] = (byte)((number * 13) + (place * 5) + (i * 3) + (i >> 8));
        }
    }

    private int BytesOf(int place) => sharedBytes + (place % 5);
}
