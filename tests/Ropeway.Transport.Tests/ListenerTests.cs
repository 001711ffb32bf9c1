using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace Ropeway.Transport.Tests;

public sealed class ListenerTests
{
    private static readonly IPEndPoint AnyPort = new(IPAddress.Loopback, 0);

    [Fact]
    public async Task Listen_Port0_PicksAFreePort()
    {
        await using var station = new Station(TestProtocol.Echo);
        Assert.NotEqual(0, station.Listener.EndPoint.Port);
        Assert.Equal(IPAddress.Loopback, station.Listener.EndPoint.Address);
    }

    [Fact]
    public async Task Listen_PortInUse_Throws()
    {
        await using var station = new Station(TestProtocol.Echo);
        SocketException failure = Assert.Throws<SocketException>(() =>
            station.Host.Listen(new ListenerOptions { EndPoint = station.Listener.EndPoint }, station.Protocol));
        Assert.Equal(SocketError.AddressAlreadyInUse, failure.SocketErrorCode);
    }

    [Fact]
    public async Task Listen_IPv6Any_TakesIPv4AndGivesItUnmapped()
    {
        if (!Socket.OSSupportsIPv6)
        {
            return;
        }

        var protocol = new TestProtocol(TestProtocol.Echo);
        await using var host = new TransportHost(new TransportOptions());
        Listener listener = host.Listen(new ListenerOptions { EndPoint = new IPEndPoint(IPAddress.IPv6Any, 0) }, protocol);
        using Socket client = Station.Client();
        client.Connect(new IPEndPoint(IPAddress.Loopback, listener.EndPoint.Port));
        TestSession session = await protocol.NextSessionAsync();
        Assert.Equal(IPAddress.Loopback, session.Connection.Remote.Address);
        Assert.Equal(IPAddress.Loopback, session.Connection.Local.Address);
        ConnectionTests.AssertEchoes(client);
    }

    [Fact]
    public async Task Listen_BothLoopbacksOnOnePort_GetAlong()
    {
        if (!Socket.OSSupportsIPv6)
        {
            return;
        }

        for (int attempt = 0; ; attempt++)
        {
            await using var station = new Station(TestProtocol.Echo);
            try
            {
                Listener second = station.Host.Listen(
                    new ListenerOptions { EndPoint = new IPEndPoint(IPAddress.IPv6Loopback, station.Listener.EndPoint.Port) }, station.Protocol);
                Assert.Equal(station.Listener.EndPoint.Port, second.EndPoint.Port);
                return;
            }
            catch (SocketException taken) when (taken.SocketErrorCode == SocketError.AddressAlreadyInUse && attempt < 10)
            {
                // By another process: the port is only known to be free on the one address.
            }
        }
    }

    [Fact]
    public async Task Accept_OutOfDescriptors_WaitsAndRecovers()
    {
        const int Failures = 6;
        var time = new FakeTimeProvider();
        int attempts = 0;
        var protocol = new TestProtocol(TestProtocol.Echo);
        await using var host = new TransportHost(new TransportOptions { Time = time });
        Listener listener = host.Add(Listener.Start(host, new ListenerOptions { EndPoint = AnyPort }, protocol, () =>
        {
            if (Interlocked.Increment(ref attempts) <= Failures)
            {
                throw new SocketException((int)SocketError.TooManyOpenSockets);
            }
        }));
        await using var elsewhere = new Station(TestProtocol.Echo);
        Socket other = elsewhere.Connect();
        for (int i = 0; i < 200; i++)
        {
            ConnectionTests.AssertEchoes(other); // Time in which a loop without back-off would have tried again.
        }

        Assert.InRange(Volatile.Read(ref attempts), 0, 1);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                time.Advance(TimeSpan.FromMilliseconds(100));
                return Volatile.Read(ref attempts) > Failures;
            },
            Deadline.Max));
        using Socket client = Station.Client();
        client.Connect(listener.EndPoint);
        ConnectionTests.AssertEchoes(client);
    }

    [Fact]
    public async Task Admit_OverTheLimit_RefusesUntilOneEnds()
    {
        await using var station = new Station(TestProtocol.Echo, connectionsMax: 1);
        Socket first = station.Connect();
        ConnectionTests.AssertEchoes(first);
        ConnectionTests.AssertEnds(station.Connect());
        Assert.Equal(1, station.Host.GetStatistics().ConnectionsRefused);
        first.Close();
        Assert.True(SpinWait.SpinUntil(() => station.Host.GetStatistics().ConnectionsOpen == 0, Deadline.Max));
        ConnectionTests.AssertEchoes(station.Connect());
    }
}
