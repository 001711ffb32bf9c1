using System.Net.Sockets;
using Ropeway.Management;
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

    /// <summary>Serves the management API.</summary>
    /// <param name="sockets">Bound and listening; they belong to the server from now on.</param>
    /// <param name="listeners">Everything that the broker listens on.</param>
    /// <returns>The server, disposed before the connections are closed.</returns>
    Task<IAsyncDisposable> ServeHttpAsync(IReadOnlyList<Socket> sockets, IReadOnlyList<ListeningAddress> listeners);

    /// <summary>Waits until the owners of the logs have done what was handed to them.</summary>
    Task DrainAsync();
}
