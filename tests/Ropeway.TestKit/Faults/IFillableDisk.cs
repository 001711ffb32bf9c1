namespace Ropeway.TestKit.Faults;

/// <summary>A disk that can be full and empty again while a broker runs on it.</summary>
public interface IFillableDisk
{
    /// <summary>The broker with its data directory on this disk.</summary>
    BrokerLaunch On(BrokerLaunch launch);

    /// <summary>Takes all the space that is left but <paramref name="keptBytes"/>.</summary>
    void Fill(long keptBytes);

    /// <summary>Gives it back.</summary>
    void Free();
}
