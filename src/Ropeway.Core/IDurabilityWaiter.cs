using Ropeway.Storage;

namespace Ropeway.Core;

/// <summary>Waits for the disk, see <see cref="Durability"/>. Called on the store's threads, see there for what it may do.</summary>
public interface IDurabilityWaiter : ICommitWaiter;
