using Ropeway.Storage;

namespace Ropeway.Core;

/// <summary>A backup of everything durable that holds its files until it is disposed. One caller.</summary>
public sealed class BrokerBackup : IDisposable
{
    private readonly StoreBackup _backup;

    internal BrokerBackup(StoreBackup backup) => _backup = backup;

    /// <summary>Writes it, a tar archive.</summary>
    /// <param name="target">Where to; not closed.</param>
    /// <param name="aborted">Gives up.</param>
    /// <exception cref="IOException">A file cannot be read; what was written is not a backup then.</exception>
    public Task WriteToAsync(Stream target, CancellationToken aborted) => _backup.WriteToAsync(target, aborted);

    /// <summary>Lets the files go.</summary>
    public void Dispose() => _backup.Dispose();
}
