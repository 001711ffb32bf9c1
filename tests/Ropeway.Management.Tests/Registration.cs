using System.Net;
using Ropeway.Core;
using Ropeway.Messages;

namespace Ropeway.Management.Tests;

/// <summary>Registers a <see cref="FakeConnection"/> with a broker until it is disposed.</summary>
internal sealed class Registration : IDisposable
{
    private static long _lastId;
    private readonly Broker _broker;
    private readonly long _id = Interlocked.Increment(ref _lastId);

    public Registration(Broker broker, string user, out ConnectionEntry entry, out FakeConnection connection)
    {
        _broker = broker;
        connection = new FakeConnection();
        entry = new ConnectionEntry
        {
            Id = _id,
            Protocol = "AMQP 0-9-1",
            Remote = new IPEndPoint(IPAddress.Parse("203.0.113.9"), 40_000 + (int)_id),
            Local = new IPEndPoint(IPAddress.Loopback, 5672),
            User = user,
            VirtualHost = "/",
            Mechanism = "PLAIN",
            ClientProperties = FieldTableCodec.ToArray(new FieldTable { { "connection_name", "mine" } }),
            ChannelMax = 2047,
            FrameBytesMax = 131_072,
            HeartbeatSeconds = 60,
            ConnectedAt = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_123),
            Connection = connection,
        };
        broker.Connections.Add(entry);
    }

    public void Dispose() => _broker.Connections.Remove(_id);
}
