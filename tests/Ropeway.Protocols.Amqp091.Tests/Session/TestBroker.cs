using Ropeway.Core;
using Ropeway.Core.Topology;
using Ropeway.Security;
using Ropeway.Storage;
using Ropeway.Transport;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>A broker on a store in a directory of its own, which goes with it.</summary>
public sealed class TestBroker : IDisposable
{
    private readonly string _directory;
    private readonly TimeProvider _time;
    private readonly long _arrivingBytesMax;
    private readonly int _unsyncedBytesMax;

    public TestBroker(AmqpOptions? options = null, int unsyncedBytesMax = 64 << 20, TimeProvider? time = null, long arrivingBytesMax = 512 << 20)
    {
        _time = time ?? TimeProvider.System;
        _unsyncedBytesMax = unsyncedBytesMax;
        _arrivingBytesMax = arrivingBytesMax;
        _directory = Directory.CreateTempSubdirectory("ropeway-amqp-").FullName;
        Options = options ?? new AmqpOptions();
        (Store, Broker) = Open();
    }

    public AmqpOptions Options { get; }

    public Store Store { get; private set; }

    public Broker Broker { get; private set; }

    public AmqpPeer Connect() => new(this);

    /// <summary>A client that is through the handshake.</summary>
    public AmqpPeer Login()
    {
        AmqpPeer peer = Connect();
        peer.Login("guest", "guest");
        return peer;
    }

    public IProtocol NewProtocol() => new AmqpProtocol(Broker, Options);

    /// <summary>Nothing becomes durable until the result is disposed.</summary>
    public CommitHold HoldCommits() => new(Store);

    /// <summary>Changes what guest may do in the default virtual host.</summary>
    public void Permit(string configure, string write, string read) =>
        Assert.True(Broker.Permissions.TrySet(new PermissionGrant("guest", "/", configure, write, read), out _, out _));

    /// <summary>Stops cleanly and starts again on the same directory.</summary>
    public void Restart()
    {
        Broker.Dispose();
        Store.Dispose();
        (Store, Broker) = Open();
    }

    public void Dispose()
    {
        Broker.Dispose();
        Store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private (Store Store, Broker Broker) Open()
    {
        Store store = Store.Open(new StoreOptions { Directory = _directory, JournalFileBytes = 16 << 20, UnsyncedBytesMax = _unsyncedBytesMax });
        using var password = new Secret("guest"u8);
        return (store, new Broker(store, new BrokerOptions { Time = _time, ArrivingBytesMax = _arrivingBytesMax, FirstStart = new FirstStart("/", "guest", password) }));
    }
}
