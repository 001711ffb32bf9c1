using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ropeway.Storage.Disk;

namespace Ropeway.Storage;

/// <summary>How a store is opened. Immutable.</summary>
public sealed record StoreOptions
{
    /// <summary>The data directory; created with mode 0700 when it does not exist.</summary>
    public required string Directory { get; init; }

    /// <summary>Bytes of one journal file; a multiple of 4 MiB. Fixed when the store is created. Default 64 MiB.</summary>
    public int JournalFileBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Live journal files from which on the oldest is emptied. Default 8.</summary>
    public int JournalFiles { get; init; } = 8;

    /// <summary>Memory for the recent end of the journal, in bytes. Default 64 MiB.</summary>
    public int TailBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>Memory for transient messages, in bytes; beyond it they go to unsynced files. Default 64 MiB.</summary>
    public int TransientBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>Bytes appended but not yet durable from which on publishers must wait. Default 64 MiB.</summary>
    public int UnsyncedBytesMax { get; init; } = 64 * 1024 * 1024;

    /// <summary>How files at rest are tested in the background; null when they are not. Default null.</summary>
    public ScrubOptions? Scrub { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where the store logs.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Called once, on a thread of the store, at the first write or sync error. The process should end.</summary>
    public Action<Exception>? OnFailed { get; init; }

    /// <summary>Called at least every second while recovery runs, on the opening thread.</summary>
    public Action<RecoveryProgress>? OnProgress { get; init; }

    /// <summary>The file system; a simulated one in tests.</summary>
    internal IDisk Disk { get; init; } = PosixDisk.Instance;

    /// <summary>Does the background work in place of the store's threads, in simulations; null: the threads.</summary>
    internal IStepRunner? Steps { get; init; }

    /// <summary>Bytes of one tail block, a power of two; a journal file is a multiple of it.</summary>
    internal int TailBlockBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Null: a start refuses what no quarantine can contain. Otherwise it goes on without that, and notes here what is damaged: a repair.</summary>
    internal DamageLedger? Ledger { get; init; }

    /// <summary>The lock of the directory when the caller has it already; the store takes it over. Null: the store takes it.</summary>
    internal DirectoryLock? HeldLock { get; init; }
}
