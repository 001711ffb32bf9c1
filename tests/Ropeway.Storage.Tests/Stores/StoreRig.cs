using System.Buffers.Binary;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ropeway.Storage.Tests.Stores;

/// <summary>A store with tiny files on a disk in memory, and what tests do with it.</summary>
internal sealed class StoreRig : IDisposable
{
    public const string Directory = "/data";
    public const int FileBytes = 256 * 1024;

    /// <summary>A store that keeps hardly anything in memory, unless it is given room so that nothing is evicted.</summary>
    public StoreRig(int tailBytesMax = 256 * 1024)
    {
        Store = Store.Open(Options(Disk) with { TailBytesMax = tailBytesMax });
    }

    public MemoryDisk Disk { get; private set; } = new();

    public Store Store { get; private set; }

    public static Store Open(MemoryDisk disk, ILogger? logger = null) => Store.Open(Options(disk) with { Logger = logger ?? NullLogger.Instance });

    public static StoreOptions Options(MemoryDisk disk) => new()
    {
        Directory = Directory,
        Disk = disk,
        TailBlockBytes = 64 * 1024,
        JournalFileBytes = FileBytes,
        JournalFiles = 4,
        TailBytesMax = 256 * 1024,
        TransientBytesMax = 256 * 1024,
    };

    public StoredLog CreateLog()
    {
        ulong id = Store.Metadata.AllocateLogId();
        MetadataBatch batch = new();
        batch.CreateLog(id);
        Commit(Store.Metadata.Apply(batch));
        return Log(id);
    }

    public StoredLog Log(ulong id)
    {
        Assert.True(Store.TryGetLog(id, out StoredLog? log), $"Log {id} is not there.");
        return log;
    }

    public void Commit(ulong index) => CommitGate.Wait(Store, index);

    /// <summary>Waits, as publishers do, while the store has no room.</summary>
    public static void WaitForRoom(Store store)
    {
        while (store.CongestionReason is not null)
        {
            using CommitGate room = new();
            if (store.OnRoom(room))
            {
                room.Wait();
            }
        }
    }

    /// <summary>Waits until what was committed before is evicted as the budget demands: the commit thread does that after it has told who waits.</summary>
    public void AwaitEviction()
    {
        MetadataBatch batch = new();
        batch.Put("evicted"u8, []);
        Commit(Store.Metadata.Apply(batch));
    }

    /// <summary>Appends one batch whose records tell where they belong.</summary>
    public static ulong Append(StoredLog log, int count, int payloadBytes, bool persistent = true, byte tag = 0, AtomicUnit? unit = null)
    {
        lock (log.Gate)
        {
            AppendSpace space = log.BeginAppend(count, count * payloadBytes, persistent, tag, unit);
            for (int i = 0; i < count; i++)
            {
                Fill(space.Add(payloadBytes), log.Id, space.FirstOffset + i);
            }

            return space.Complete();
        }
    }

    public static ulong Settle(StoredLog log, long start, long end, AtomicUnit? unit = null)
    {
        lock (log.Gate)
        {
            return log.Settle([new OffsetRange(start, end)], unit);
        }
    }

    public static ulong Keep(StoredLog log, long start, long end, AtomicUnit? unit = null)
    {
        lock (log.Gate)
        {
            return log.Keep([new OffsetRange(start, end)], unit);
        }
    }

    public static ulong Revive(StoredLog log, long start, long end)
    {
        lock (log.Gate)
        {
            return log.Revive([new OffsetRange(start, end)]);
        }
    }

    public static List<long> KeptIn(StoredLog log)
    {
        lock (log.Gate)
        {
            List<long> kept = [.. log.KeptRanges(0, log.EndOffset).SelectMany(range => Enumerable.Range((int)range.Start, (int)range.Count)).Select(offset => (long)offset)];
            Assert.Equal(log.KeptCount, kept.Count);
            return kept;
        }
    }

    public static ulong Mark(StoredLog log, AtomicUnit? unit, params ReadOnlySpan<OffsetMark> marks)
    {
        lock (log.Gate)
        {
            return log.Mark(marks, unit);
        }
    }

    /// <summary>Writes bytes that depend on log, offset and place.</summary>
    public static void Fill(Span<byte> payload, ulong logId, long offset)
    {
        for (int i = 0; i < payload.Length; i++)
        {
            payload[i] = (byte)((logId * 31) + ((ulong)offset * 7) + (ulong)i + ((ulong)offset >> 8));
        }
    }

    /// <summary>Reads every unsettled record through a reader and tests its bytes.</summary>
    public static List<long> ReadAll(StoredLog log)
    {
        List<long> offsets = [];
        using LoadWait wait = new();
        LogReader reader;
        long offset;
        lock (log.Gate)
        {
            reader = log.OpenReader();
            offset = log.NextUnsettled(0);
        }

        while (true)
        {
            lock (log.Gate)
            {
                if (offset == log.EndOffset)
                {
                    break;
                }

                ReadStatus status = reader.TryRead(offset, out RecordView record);
                if (status != ReadStatus.Cold)
                {
                    Assert.True(status == ReadStatus.Found, $"Offset {offset} of log {log.Id} is {status}: {log.Quarantine}");
                    Check(log, record);
                    Assert.Equal(offset, record.Offset);
                    offsets.Add(offset);
                    offset = log.NextUnsettled(offset + 1);
                    continue;
                }

                reader.Load(offset, wait);
            }

            wait.Wait();
        }

        lock (log.Gate)
        {
            reader.Dispose();
            Assert.Equal(log.UnsettledCount, offsets.Count);
        }

        return offsets;
    }

    /// <summary>Tests the bytes of a record, also when it goes on in a shared part.</summary>
    public static void Check(StoredLog log, in RecordView record) => Check(log, record.Offset, [.. record.Payload, .. record.Shared]);

    public static void Check(StoredLog log, long offset, ReadOnlySpan<byte> payload)
    {
        if (SharedRecords.Is(payload))
        {
            Assert.True(SharedRecords.IsRight(log, offset, payload), $"Offset {offset} of log {log.Id} has wrong bytes, its own or shared ones.");
            return;
        }

        Span<byte> expected = new byte[payload.Length];
        Fill(expected, log.Id, offset);
        Assert.True(expected.SequenceEqual(payload), $"Offset {offset} of log {log.Id} has wrong bytes.");
    }

    public void ReopenCleanly()
    {
        Store.Dispose();
        Store = Open(Disk);
    }

    /// <summary>Opens what a kill at this moment leaves.</summary>
    public void ReopenAfterKill() => ReopenOn(Disk.Copy());

    /// <summary>Opens what a power cut at this moment leaves.</summary>
    public void ReopenAfterPowerCut(SeededRandom random) =>
        ReopenOn(Disk.AfterPowerCut(bytes => random.Next(3) switch { 0 => 0, 1 => bytes, _ => random.Next((bytes / 512) + 1) * 512 }));

    public void ReopenOn(MemoryDisk disk)
    {
        Store.Dispose();
        Disk = disk;
        Store = Open(Disk);
    }

    public void Dispose() => Store.Dispose();
}
