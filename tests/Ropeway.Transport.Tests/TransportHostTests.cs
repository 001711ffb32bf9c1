using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;

namespace Ropeway.Transport.Tests;

public sealed class TransportHostTests
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(TransportLimits.TickMs);

    [Fact]
    public async Task Stop_SessionsSayGoodbye_TheSilentOnesAreAbortedAfterTheGrace()
    {
        var time = new FakeTimeProvider();
        await using var station = new Station(TestProtocol.Echo, time);
        Socket polite = station.Connect();
        TestSession politeSession = await station.Protocol.NextSessionAsync();
        politeSession.OnStop = reason =>
        {
            politeSession.Write(System.Text.Encoding.UTF8.GetBytes(reason));
            politeSession.Connection.Close();
        };
        ConnectionTests.AssertEchoes(polite);
        Socket silent = station.Connect();
        TestSession silentSession = await station.Protocol.NextSessionAsync();
        ConnectionTests.AssertEchoes(silent); // Not before the session is open: none is there to say goodbye then.
        Task stop = station.Host.StopAsync("goodbye", TimeSpan.FromSeconds(10));
        byte[] answer = new byte[7];
        Station.ReceiveExactly(polite, answer);
        Assert.Equal("goodbye"u8, answer);
        ConnectionTests.AssertEnds(polite);
        polite.Close();
        Assert.Equal(ConnectionCloseReason.Stopping, await politeSession.Closed.WithDeadlineAsync());
        Assert.False(stop.IsCompleted);
        Assert.False(silentSession.Closed.IsCompleted);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                time.Advance(TimeSpan.FromSeconds(1));
                return stop.IsCompleted;
            },
            Deadline.Max));
        await stop;
        Assert.Equal(ConnectionCloseReason.Stopping, await silentSession.Closed.WithDeadlineAsync());
        ConnectionTests.AssertEnds(silent);
        Assert.Equal(0, station.Host.GetStatistics().ConnectionsOpen);
    }

    [Fact]
    public async Task Stop_ListenersFirst_NewConnectionsAreRefused()
    {
        await using var station = new Station(TestProtocol.Echo);
        Socket open = station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        ConnectionTests.AssertEchoes(open); // Not before the session is open.
        SocketError error = SocketError.Success;
        session.OnStop = _ =>
        {
            using Socket late = Station.Client();
            error = Assert.Throws<SocketException>(() => late.Connect(station.Listener.EndPoint)).SocketErrorCode;
            session.Connection.Close();
        };
        Task stop = station.Host.StopAsync("goodbye", Deadline.Max);
        ConnectionTests.AssertEnds(open);
        open.Close();
        await stop.WithDeadlineAsync();
        Assert.Equal(SocketError.ConnectionRefused, error);
    }

    [Fact]
    public async Task Statistics_AfterTraffic_CountConnectionsAndBytes()
    {
        await using var station = new Station(TestProtocol.Echo);
        Socket first = station.Connect();
        Socket second = station.Connect();
        ConnectionTests.AssertEchoes(first);
        ConnectionTests.AssertEchoes(second);
        first.Close();
        Assert.True(SpinWait.SpinUntil(() => station.Host.GetStatistics() == new TransportStatistics(1, 2, 0, 1, 8, 8), Deadline.Max));
    }

    [Fact]
    public async Task Tick_HalfASecond_ReachesTheSessionAndFlushes()
    {
        var time = new FakeTimeProvider();
        await using var station = new Station(TestProtocol.Echo, time);
        Socket client = station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        ConnectionTests.AssertEchoes(client);
        session.Ticked = nowMs =>
        {
            Assert.Equal(session.Connection.LastReceivedMs + TransportLimits.TickMs, nowMs);
            session.Write("tick"u8);
        };
        time.Advance(Tick);
        byte[] answer = new byte[4];
        Station.ReceiveExactly(client, answer);
        Assert.Equal("tick"u8, answer);
    }

    [Fact]
    public async Task Tick_Throws_EndsOnlyThatConnection()
    {
        var time = new FakeTimeProvider();
        await using var station = new Station(TestProtocol.Echo, time);
        station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        Socket other = station.Connect();
        ConnectionTests.AssertEchoes(other);
        session.Ticked = _ => throw new InvalidOperationException("A test's exception.");
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                time.Advance(Tick); // Not before the session is open.
                return session.Closed.IsCompleted;
            },
            Deadline.Max));
        Assert.Equal(ConnectionCloseReason.Failed, await session.Closed);
        ConnectionTests.AssertEchoes(other);
    }

    [Fact]
    public async Task Close_PeerDoesNotRead_IsCutAfterTheFlushTime()
    {
        var time = new FakeTimeProvider();
        await using var station = new Station(TestProtocol.Echo, time);
        station.Connect(receiveBufferBytes: 16 * 1024);
        TestSession session = await station.Protocol.NextSessionAsync();
        ConnectionTests.WriteAll(session, new byte[16 * 1024 * 1024]);
        session.Connection.Close();
        time.Advance(TimeSpan.FromMilliseconds(TransportLimits.CloseFlushMs) - Tick);
        Assert.Equal(1, station.Host.GetStatistics().ConnectionsOpen);
        time.Advance(Tick);
        Assert.True(SpinWait.SpinUntil(() => station.Host.GetStatistics().ConnectionsOpen == 0, Deadline.Max));
        Assert.Equal(ConnectionCloseReason.Closed, await session.Closed.WithDeadlineAsync());
    }

    [Fact]
    public async Task Close_FromAnotherThreadThenByThePeer_EndsWithoutTheLinger()
    {
        await using var station = new Station(TestProtocol.Echo);
        Socket client = station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        ConnectionTests.AssertEchoes(client);
        session.Connection.Close();
        ConnectionTests.AssertEnds(client);
        client.Close();
        Assert.True(SpinWait.SpinUntil(() => station.Host.GetStatistics().ConnectionsOpen == 0, Deadline.Max));
    }

    [Fact]
    public async Task Close_PeerDoesNotClose_IsCutAfterTheLinger()
    {
        var time = new FakeTimeProvider();
        await using var station = new Station(TestProtocol.Echo, time);
        Socket client = station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        session.Connection.Close();
        ConnectionTests.AssertEnds(client); // We keep our own side open.
        Assert.Equal(1, station.Host.GetStatistics().ConnectionsOpen);
        time.Advance(TimeSpan.FromMilliseconds(TransportLimits.CloseLingerMs));
        Assert.True(SpinWait.SpinUntil(() => station.Host.GetStatistics().ConnectionsOpen == 0, Deadline.Max));
    }

    [Fact]
    public async Task LastReceived_WhilePaused_FollowsUnreadBytes()
    {
        var time = new FakeTimeProvider();
        await using Station station = Pausing(time);
        Socket client = station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        client.Send("a"u8);
        await session.NextEventAsync();
        time.Advance(TimeSpan.FromSeconds(60));
        long before = session.Connection.LastReceivedMs;
        time.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal(before, session.Connection.LastReceivedMs); // Silence is seen.
        client.Send("heartbeat"u8);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                time.Advance(Tick);
                return session.Connection.LastReceivedMs > before;
            },
            Deadline.Max));
    }

    [Fact]
    public async Task LastReceived_WhilePausedAgainAndAgain_IsNotMoved()
    {
        var time = new FakeTimeProvider();
        await using Station station = Pausing(time);
        Socket client = station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        client.Send("a"u8);
        await session.NextEventAsync();
        long before = session.Connection.LastReceivedMs;
        for (int i = 0; i < 100; i++)
        {
            session.Connection.Resume();
            await session.NextEventAsync();
            time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(before, session.Connection.LastReceivedMs);
    }

    [Fact]
    public async Task HasUnread_OfAReaderThatIsLate_IsTrueUntilItHasRead()
    {
        using var held = new ManualResetEventSlim();
        await using var station = new Station((session, received) =>
        {
            session.Note("reads");
            held.Wait(Deadline.Max);
            return new ConsumeResult(received.Length, ConsumeStatus.Continue);
        });
        Socket client = station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        client.Send("a"u8);
        await session.NextEventAsync();
        Assert.False(session.Connection.HasUnread);
        client.Send("b"u8);
        Assert.True(SpinWait.SpinUntil(() => session.Connection.HasUnread, Deadline.Max));
        held.Set();
        Assert.True(SpinWait.SpinUntil(() => !session.Connection.HasUnread, Deadline.Max));
    }

    /// <summary>Its sessions pause whenever they are called, and note that.</summary>
    private static Station Pausing(TimeProvider time) => new(
        (session, received) =>
        {
            session.Note("paused");
            return new ConsumeResult(received.Length, ConsumeStatus.Paused);
        },
        time);
}
