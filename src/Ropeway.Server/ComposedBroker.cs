using System.Net.Sockets;
using Ropeway.Core;
using Ropeway.Core.Resources;
using Ropeway.Management;
using Ropeway.Management.Metrics;
using Ropeway.Storage;
using Ropeway.Transport;

namespace Ropeway.Server;

/// <summary>The parts that <see cref="Composition"/> has made, and their order at the end.</summary>
internal sealed class ComposedBroker(Store store, Broker broker, ResourceMonitor monitor, IProtocol amqp, ManagementOptions management) : IComposedBroker
{
    /// <inheritdoc/>
    public IReadOnlyDictionary<string, IProtocol> Protocols { get; } = new Dictionary<string, IProtocol>(StringComparer.Ordinal) { ["amqp"] = amqp };

    /// <summary>The instruments.</summary>
    public required BrokerMeter Meter { get; init; }

    /// <summary>Sends what is measured and traced; null when nobody is to get it.</summary>
    public required IDisposable? Export { get; init; }

    /// <inheritdoc/>
    public async Task<IAsyncDisposable> ServeHttpAsync(IReadOnlyList<Socket> sockets, IReadOnlyList<ListeningAddress> listeners) =>
        await ManagementHost.StartAsync(broker, sockets, management with { Listeners = listeners }).ConfigureAwait(false);

    /// <inheritdoc/>
    public Task DrainAsync()
    {
        monitor.Dispose();
        Export?.Dispose(); // Sends the last figures, so the broker must still be there.
        Meter.Dispose();
        broker.Dispose();
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        store.Dispose(); // Commits, writes a checkpoint, gives the lock back; a failed store only gives the lock back.
        return ValueTask.CompletedTask;
    }
}
