using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Ropeway.Storage.Disk;

namespace Ropeway.Storage.Journaling;

/// <summary>How a journal runs.</summary>
internal sealed record JournalOptions : TailOptions
{
    public required IDisk Disk { get; init; }

    public required string Directory { get; init; }

    /// <summary>Bytes of one file, a multiple of the block size.</summary>
    public int FileBytes { get; init; } = 64 * 1024 * 1024;

    /// <summary>Live files from which on the owner empties the oldest; twice as many is the bound at which publishers wait.</summary>
    public int Files { get; init; } = 8;

    public int UnsyncedBytesMax { get; init; } = 64 * 1024 * 1024;

    public ushort Shard { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Called once with the first cause, on the thread that met it.</summary>
    public Action<Exception>? OnFailed { get; init; }

    /// <summary>Called when the number of live files grew, or no further one could be made. Runs on the journal's threads: it may only signal.</summary>
    public Action? OnLiveFilesChanged { get; init; }

    /// <summary>False: no threads; the owner calls <see cref="Journal.RunCommit"/> and <see cref="Journal.RunFileWork"/> (tests, simulation).</summary>
    public bool OwnThreads { get; init; } = true;
}
