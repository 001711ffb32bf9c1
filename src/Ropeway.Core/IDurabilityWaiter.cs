using Ropeway.Storage;

namespace Ropeway.Core;

/// <summary>Waits for the disk, see <see cref="Durability"/>. Called on the store's threads: it must only queue itself.</summary>
public interface IDurabilityWaiter : ICommitWaiter;
