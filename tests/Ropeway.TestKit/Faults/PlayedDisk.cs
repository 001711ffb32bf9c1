namespace Ropeway.TestKit.Faults;

/// <summary>A full disk that <see cref="DiskFaults"/> plays: needs no privilege. It is full or not, and keeps nothing.</summary>
/// <param name="faults">The player.</param>
public sealed class PlayedDisk(DiskFaults faults) : IFillableDisk
{
    /// <inheritdoc/>
    public BrokerLaunch On(BrokerLaunch launch) => faults.On(launch);

    /// <inheritdoc/>
    public void Fill(long keptBytes) => faults.IsFull = true;

    /// <inheritdoc/>
    public void Free() => faults.IsFull = false;
}
