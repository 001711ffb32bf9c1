using System.Text;
using Ropeway.Buffers;
using Ropeway.Storage.Disk;
using Ropeway.Storage.Journaling;
using Ropeway.Storage.Tests.Disk;

namespace Ropeway.Storage.Tests.Journaling;

/// <summary>A small journal (4 KiB blocks, 16 KiB files) on a disk in memory. Without threads unless asked for.</summary>
internal sealed class JournalRig : IDisposable
{
    public const int BlockBytes = 4096;
    public const int FileBytes = 4 * BlockBytes;
    public const string Directory = "/store";

    public JournalRig(FaultyDisk? disk = null, Func<JournalOptions, JournalOptions>? configure = null, JournalScanOptions? scan = null)
    {
        Disk = disk ?? new FaultyDisk();
        Options = new JournalOptions
        {
            Blocks = new NativeBlockPool(BlockBytes, keptCountMax: 64),
            Disk = Disk,
            Directory = Directory,
            FileBytes = FileBytes,
            BudgetBytes = 16 * BlockBytes,
            UnsyncedBytesMax = FileBytes,
            OwnThreads = false,
            OnFailed = Failures.Add,
        };
        Options = configure?.Invoke(Options) ?? Options;
        Scan = JournalScanner.Scan(Disk, scan ?? ScanOptions, Found);
        Journal = Ropeway.Storage.Journaling.Journal.Start(Options, Scan);
    }

    public static JournalScanOptions ScanOptions { get; } = new() { Directory = Directory, FileBytes = FileBytes };

    public FaultyDisk Disk { get; }

    public JournalOptions Options { get; }

    public RecordingVisitor Found { get; } = new();

    public JournalScanResult Scan { get; }

    public Journal Journal { get; }

    public List<Exception> Failures { get; } = [];

    public static RecordingVisitor Recover(IDisk disk, out JournalScanResult result)
    {
        var visitor = new RecordingVisitor();
        result = JournalScanner.Scan(disk, ScanOptions, visitor);
        return visitor;
    }

    public static string FilePath(long number) => JournalFile.PathOf(Directory, number);

    public TailReservation Append(string text, ulong logId = 7, long firstOffset = 0, BatchType type = BatchType.Messages)
    {
        TailReservation reservation = Journal.Reserve(new BatchRequest
        {
            Type = type,
            PayloadBytes = Encoding.UTF8.GetByteCount(text),
            LogId = logId,
            FirstOffset = firstOffset,
            Count = 1,
        });
        Encoding.UTF8.GetBytes(text, reservation.Payload);
        Journal.Filled(reservation);
        return reservation;
    }

    public TailReservation Commit(string text, ulong logId = 7, long firstOffset = 0)
    {
        TailReservation reservation = Append(text, logId, firstOffset);
        Assert.True(Journal.RunCommit());
        return reservation;
    }

    public void Dispose() => Journal.Dispose();
}
