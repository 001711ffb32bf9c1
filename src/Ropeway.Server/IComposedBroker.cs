using Ropeway.Transport;

namespace Ropeway.Server;

/// <summary>
/// The broker as the <see cref="ServerHost"/> sees it. At the end <see cref="DrainAsync"/> comes first, when no connection is
/// left, then <see cref="IAsyncDisposable.DisposeAsync"/>, which commits, writes a checkpoint and gives the lock file back.
/// </summary>
internal interface IComposedBroker : IAsyncDisposable
{
    /// <summary>What listeners can speak, by the scheme of their URL.</summary>
    IReadOnlyDictionary<string, IProtocol> Protocols { get; }

    /// <summary>Waits until the owners of the logs have done what was handed to them.</summary>
    Task DrainAsync();
}
