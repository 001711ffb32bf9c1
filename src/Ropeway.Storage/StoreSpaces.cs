using Microsoft.Extensions.Logging;
using Ropeway.Storage.Disk;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>The places where records of a store can lie, and the services of logs and readers. Any thread may call it.</summary>
internal sealed class StoreSpaces : ILiveCounter
{
    private int _quarantinedCount;
    private Journal? _journal;

    public required IDisk Disk { get; init; }

    public required string Directory { get; init; }

    public required ILogger Logger { get; init; }

    /// <summary>Block size of both tails.</summary>
    public required int BlockBytes { get; init; }

    public required TailSpace Transient { get; init; }

    public required SegmentSet Segments { get; init; }

    public required SegmentSet Spills { get; init; }

    public required BodySet Bodies { get; init; }

    public required ColdReads Cold { get; init; }

    /// <summary>Does the background work in place of threads; null: the threads.</summary>
    public IStepRunner? Steps { get; init; }

    /// <summary>What readers have read.</summary>
    public ReadCounts Reads { get; } = new();

    /// <summary>The units under way.</summary>
    public OpenUnits Units { get; } = new();

    /// <summary>Set once recovery has found the journal's end.</summary>
    public Journal Journal
    {
        get => _journal ?? throw new InvalidOperationException("The journal is not open yet.");
        set => _journal = value;
    }

    /// <summary>Called under a log's gate when a file holds nothing alive any more; it may only signal.</summary>
    public Action? OnFileDead { get; set; }

    public ulong CommittedIndex => Journal.CommittedIndex;

    public int QuarantinedCount => Volatile.Read(ref _quarantinedCount);

    /// <summary>The segments or spill files that a run lies in.</summary>
    public SegmentSet FilesOf(RunKind kind) => kind == RunKind.Segment ? Segments : Spills;

    public void OnSettled(in Run run, uint count, ulong bodyId)
    {
        bool isAlive = !run.IsInFile || FilesOf(run.Kind).AddLive(run.FileId, -count);
        if ((bodyId != 0 && Bodies.RemoveReference(bodyId)) || !isAlive)
        {
            OnFileDead?.Invoke();
        }
    }

    public void OnQuarantined(StoredLog log)
    {
        Interlocked.Increment(ref _quarantinedCount);
        StorageLog.LogQuarantined(Logger, log.Id, log.Quarantine!);
    }

    public void OnQuarantineEnded() => Interlocked.Decrement(ref _quarantinedCount);
}
