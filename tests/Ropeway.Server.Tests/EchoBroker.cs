using System.Net.Sockets;
using Ropeway.Management;
using Ropeway.Transport;

namespace Ropeway.Server.Tests;

/// <summary>Stands for the broker: echoes, and writes down in which order it is ended.</summary>
internal sealed class EchoBroker(List<string> steps) : IComposedBroker, IProtocol
{
    public IReadOnlyDictionary<string, IProtocol> Protocols => new Dictionary<string, IProtocol>(StringComparer.Ordinal) { ["amqp"] = this };

    public string Name => "amqp";

    public Task<IAsyncDisposable> ServeHttpAsync(IReadOnlyList<Socket> sockets, IReadOnlyList<ListeningAddress> listeners)
    {
        steps.Add($"http {listeners.Count}");
        return Task.FromResult<IAsyncDisposable>(new EchoHttp(steps));
    }

    public Task DrainAsync()
    {
        steps.Add("drain");
        return Task.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        steps.Add("dispose");
        return ValueTask.CompletedTask;
    }

    public ISession Open(IConnection connection) => new EchoSession(connection, steps);
}
