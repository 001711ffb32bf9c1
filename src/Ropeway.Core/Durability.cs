using System.Buffers;
using Ropeway.Core.Queues;
using Ropeway.Core.Resources;
using Ropeway.Storage;

namespace Ropeway.Core;

/// <summary>What sessions need to know of the disk: how far it is, whether it keeps up, and where large bodies go. Any thread.</summary>
public sealed class Durability
{
    private readonly Store _store;

    internal Durability(Store store)
    {
        _store = store;
    }

    /// <summary>Everything up to this index is on the disk. Declarations, publishes and settlements answer with theirs.</summary>
    public ulong CommittedIndex => _store.CommittedIndex;

    /// <summary>Why publishers have to wait; null when they need not.</summary>
    public string? CongestionReason => _store.CongestionReason;

    /// <summary>What the store has done and holds.</summary>
    public StorageActivity MeasureStorage() => StorageActivity.Of(_store);

    /// <summary>How long it took until groups of records were durable, from the first append on, and how long writing and syncing them took.</summary>
    public (DurationSpread Commit, DurationSpread Sync) MeasureCommits()
    {
        (DurationCounts commit, DurationCounts sync) = _store.GetCommitTimes();
        return (new DurationSpread(commit), new DurationSpread(sync));
    }

    /// <summary>What the tests of the files at rest have found so far.</summary>
    public StorageHealth CheckStorage() => StorageHealth.Of(_store);

    /// <summary>Begins a backup of everything durable. Done when its files are held; the disk is waited for on a thread of its own.</summary>
    /// <returns>To be written and disposed; null while another backup is under way.</returns>
    /// <exception cref="IOException">The store has failed, or has no space for a checkpoint.</exception>
    public async Task<BrokerBackup?> TryBeginBackupAsync()
    {
        try
        {
            StoreBackup? backup = await Task.Factory.StartNew(_store.TryBeginBackup, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            return backup is null ? null : new BrokerBackup(backup);
        }
        catch (Exception fault) when (IsStoreFailure(fault))
        {
            throw new IOException(fault.Message, fault);
        }
    }

    /// <summary>Has the waiter called once when <paramref name="index"/> is committed.</summary>
    /// <returns>False when it is already; the waiter is not called.</returns>
    public bool OnCommitted(ulong index, IDurabilityWaiter waiter) => _store.OnCommitted(index, waiter);

    /// <summary>Completes when <paramref name="index"/> is committed. For occasional work; sessions use a waiter of their own.</summary>
    /// <param name="index">0 completes at once.</param>
    /// <param name="aborted">Gives up waiting.</param>
    public Task WaitAsync(ulong index, CancellationToken aborted)
    {
        var waiter = new CommitTask();
        return index > 0 && OnCommitted(index, waiter) ? waiter.Task.WaitAsync(aborted) : Task.CompletedTask;
    }

    /// <summary>Has the waiter called once when publishers need not wait any more.</summary>
    /// <returns>False when they need not now; the waiter is not called.</returns>
    public bool OnRoom(IDurabilityWaiter waiter) => _store.OnRoom(waiter);

    /// <summary>Completes when publishers need not wait any more. For occasional work; sessions use a waiter of their own.</summary>
    /// <param name="aborted">Gives up waiting.</param>
    public async Task WaitForRoomAsync(CancellationToken aborted)
    {
        var waiter = new CommitTask();
        while (CongestionReason is not null && OnRoom(waiter))
        {
            await waiter.Task.WaitAsync(aborted).ConfigureAwait(false);
            waiter = new CommitTask();
        }
    }

    /// <summary>Whether an exception says that the store has failed or is closed: its owner knows, and nothing can be promised any more.</summary>
    public static bool IsStoreFailure(Exception fault) => fault is StoreException or StoreFailedException;

    /// <summary>Begins publishes and settlements that after a crash all count or none. Wait for room before, not in between.</summary>
    /// <returns>To be completed or disposed by the caller.</returns>
    public QueueUnit BeginUnit() => new(_store.BeginUnit());

    /// <summary>Writes a body to a file of its own; done when it is on the disk. Its owner calls <see cref="ReleaseBody"/> when all messages that refer to it are published.</summary>
    /// <param name="body">Must stay as it is until the task ends.</param>
    public async Task<StoredBody> WriteBodyAsync(ReadOnlySequence<byte> body)
    {
        try
        {
            return new StoredBody(await _store.WriteBodyAsync(body, CancellationToken.None).ConfigureAwait(false), Fault: null);
        }
        catch (Exception fault) when (fault is IOException || IsStoreFailure(fault))
        {
            return new StoredBody(0, fault.Message);
        }
    }

    /// <summary>Ends the writer's claim; messages that refer to the body keep it.</summary>
    public void ReleaseBody(ulong id) => _store.ReleaseBody(id);
}
