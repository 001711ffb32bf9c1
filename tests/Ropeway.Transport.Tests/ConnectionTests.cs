using System.Net.Sockets;
using Ropeway.Buffers;

namespace Ropeway.Transport.Tests;

public sealed class ConnectionTests
{
    [Fact]
    public async Task Connection_Echo_SendsBackWhatCame()
    {
        await using var station = new Station(TestProtocol.Echo);
        Socket client = station.Connect();
        byte[] answer = new byte[5];
        for (int i = 0; i < 100; i++)
        {
            client.Send("hello"u8);
            Station.ReceiveExactly(client, answer);
            Assert.Equal("hello"u8, answer);
        }
    }

    [Fact]
    public async Task Consume_PartOfTheBytes_SeesTheRestAgainWithMoreBehind()
    {
        await using var station = new Station((session, received) =>
        {
            // Frames of ten bytes; anything shorter is left.
            int whole = received.Length / 10 * 10;
            if (whole > 0)
            {
                session.Write(received[..whole]);
            }

            return new ConsumeResult(whole, ConsumeStatus.Continue);
        });
        Socket client = station.Connect();
        client.Send("0123456"u8);
        client.Send("789abcde"u8);
        byte[] answer = new byte[10];
        Station.ReceiveExactly(client, answer);
        Assert.Equal("0123456789"u8, answer);
        client.Send("fghij"u8);
        Station.ReceiveExactly(client, answer);
        Assert.Equal("abcdefghij"u8, answer);
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(TransportLimits.ReceiveBytes)]
    [InlineData(TransportLimits.ReceiveBytes + 1)]
    [InlineData(TransportLimits.ReceiveBytesMax)]
    public async Task Consume_NothingUntilTheFrameIsWhole_BufferGrowsToIt(int frameBytes)
    {
        await using var station = new Station((session, received) =>
        {
            if (received.Length < frameBytes)
            {
                return new ConsumeResult(0, ConsumeStatus.Continue);
            }

            session.Write(BitConverter.GetBytes(Crc32C.Compute(received[..frameBytes])));
            return new ConsumeResult(frameBytes, ConsumeStatus.Continue);
        });
        Socket client = station.Connect();
        byte[] frame = Pattern(frameBytes, 7);
        byte[] answer = new byte[4];
        for (int i = 0; i < 3; i++)
        {
            client.Send(frame);
            Station.ReceiveExactly(client, answer);
            Assert.Equal(Crc32C.Compute(frame), BitConverter.ToUInt32(answer));
        }
    }

    [Fact]
    public async Task Consume_NothingOfAFullBuffer_EndsOnlyThatConnection()
    {
        await using var station = new Station((session, received) =>
            received[0] == (byte)'x' ? new ConsumeResult(0, ConsumeStatus.Continue) : TestProtocol.Echo(session, received));
        Socket stuck = station.Connect();
        TestSession stuckSession = await station.Protocol.NextSessionAsync();
        Socket other = station.Connect();
        byte[] flood = new byte[TransportLimits.ReceiveBytesMax + 1];
        flood.AsSpan().Fill((byte)'x');
        SendIgnoringReset(stuck, flood);
        Assert.Equal(ConnectionCloseReason.Failed, await stuckSession.Closed.WithDeadlineAsync());
        AssertEchoes(other);
    }

    [Fact]
    public async Task Consume_Throws_EndsOnlyThatConnection()
    {
        await using var station = new Station((session, received) =>
            received[0] == (byte)'!' ? throw new InvalidOperationException("A test's exception.") : TestProtocol.Echo(session, received));
        Socket bad = station.Connect();
        TestSession badSession = await station.Protocol.NextSessionAsync();
        Socket good = station.Connect();
        bad.Send("!"u8);
        Assert.Equal(ConnectionCloseReason.Failed, await badSession.Closed.WithDeadlineAsync());
        AssertEnds(bad);
        AssertEchoes(good);
        Assert.Equal(1, badSession.ClosedCount);
    }

    [Fact]
    public async Task Open_Throws_EndsOnlyThatConnection()
    {
        await using var host = new TransportHost(new TransportOptions());
        Listener listener = host.Listen(
            new ListenerOptions { EndPoint = new System.Net.IPEndPoint(System.Net.IPAddress.Loopback, 0) }, new FailingProtocol());
        using Socket client = Station.Client();
        client.Connect(listener.EndPoint);
        AssertEnds(client);
    }

    [Fact]
    public async Task Resume_FromAnotherThread_ConsumesWhatWasLeft()
    {
        bool isOpen = false;
        await using var station = new Station((session, received) =>
        {
            if (!Volatile.Read(ref isOpen))
            {
                session.Note("paused");
                return new ConsumeResult(0, ConsumeStatus.Paused);
            }

            return TestProtocol.Echo(session, received);
        });
        Socket client = station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        client.Send("held"u8);
        Assert.Equal("paused", await session.NextEventAsync());
        Volatile.Write(ref isOpen, true);
        session.Connection.Resume();
        byte[] answer = new byte[4];
        Station.ReceiveExactly(client, answer);
        Assert.Equal("held"u8, answer);
    }

    [Fact]
    public async Task Resume_BeforeThePauseHasReturned_IsNotLost()
    {
        int calls = 0;
        await using var station = new Station((session, received) =>
        {
            if (Interlocked.Increment(ref calls) % 2 == 1)
            {
                // From another thread, and over before this call returns: the narrowest form of the race.
                var resume = new Thread(session.Connection.Resume);
                resume.Start();
                resume.Join();
                return new ConsumeResult(0, ConsumeStatus.Paused);
            }

            return TestProtocol.Echo(session, received);
        });
        Socket client = station.Connect();
        for (int i = 0; i < 200; i++)
        {
            AssertEchoes(client);
        }
    }

    [Fact]
    public async Task Resume_RacingWithThePause_IsNeverLost()
    {
        bool isPausing = true;
        await using var station = new Station((session, received) =>
        {
            isPausing = !isPausing;
            if (!isPausing)
            {
                ThreadPool.UnsafeQueueUserWorkItem(_ => session.Connection.Resume(), null);
                return new ConsumeResult(0, ConsumeStatus.Paused);
            }

            return TestProtocol.Echo(session, received);
        });
        Socket client = station.Connect();
        for (int i = 0; i < 2_000; i++)
        {
            AssertEchoes(client);
        }
    }

    [Fact]
    public async Task Resume_WithNothingLeft_ConsumesOnceMoreWithNothing()
    {
        await using var station = new Station((session, received) =>
        {
            session.Note(received.IsEmpty ? "empty" : "bytes");
            return new ConsumeResult(received.Length, received.IsEmpty ? ConsumeStatus.Continue : ConsumeStatus.Paused);
        });
        Socket client = station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        client.Send("a"u8);
        Assert.Equal("bytes", await session.NextEventAsync());
        session.Connection.Resume();
        Assert.Equal("empty", await session.NextEventAsync());
    }

    [Fact]
    public async Task Close_ByStatus_SendsTheOutboxFirst()
    {
        byte[] last = Pattern(3 * 1024 * 1024, 3);
        await using var station = new Station((session, received) =>
        {
            WriteAll(session, last);
            return new ConsumeResult(received.Length, ConsumeStatus.Close);
        });
        Socket client = station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        client.Send("bye"u8);
        byte[] answer = new byte[last.Length];
        Station.ReceiveExactly(client, answer);
        Assert.Equal(last, answer);
        AssertEnds(client);
        Assert.Equal(ConnectionCloseReason.Closed, await session.Closed.WithDeadlineAsync());
        Assert.Equal(1, session.ClosedCount);
    }

    [Fact]
    public async Task Close_WithUnreadRequests_StillDeliversTheLastWords()
    {
        await using var station = new Station((session, received) =>
        {
            session.Write("error"u8);
            return new ConsumeResult(1, ConsumeStatus.Close);
        });
        Socket client = station.Connect();
        client.Send(Pattern(2 * 1024 * 1024, 1)); // Far more than is read before the close.
        byte[] answer = new byte[5];
        Station.ReceiveExactly(client, answer);
        Assert.Equal("error"u8, answer);
        AssertEnds(client);
    }

    [Fact]
    public async Task Close_FromAnotherThread_SendsTheOutboxAndNothingWrittenAfterwards()
    {
        await using var station = new Station(TestProtocol.Echo);
        Socket client = station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        session.Write("last"u8);
        session.Connection.Close();
        session.Write("too late"u8);
        session.Connection.Outbox.Flush();
        byte[] answer = new byte[4];
        Station.ReceiveExactly(client, answer);
        Assert.Equal("last"u8, answer);
        AssertEnds(client);
        client.Close();
        Assert.Equal(ConnectionCloseReason.Closed, await session.Closed.WithDeadlineAsync());
    }

    [Fact]
    public async Task Close_WhilePaused_EndsTheConnection()
    {
        await using var station = new Station((session, received) =>
        {
            session.Note("paused");
            return new ConsumeResult(0, ConsumeStatus.Paused);
        });
        Socket client = station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        client.Send("a"u8);
        await session.NextEventAsync();
        session.Connection.Close();
        AssertEnds(client);
        Assert.Equal(ConnectionCloseReason.Closed, await session.Closed.WithDeadlineAsync());
    }

    [Fact]
    public async Task Abort_FromAnotherThread_EndsAtOnceAndOnce()
    {
        await using var station = new Station(TestProtocol.Echo);
        Socket client = station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        session.Connection.Abort("a test");
        session.Connection.Abort("again");
        session.Connection.Close();
        Assert.Equal(ConnectionCloseReason.Aborted, await session.Closed.WithDeadlineAsync());
        AssertEnds(client);
        Assert.Equal(1, session.ClosedCount);
    }

    [Fact]
    public async Task Peer_ClosesItsSide_GetsTheAnswersAndTheSessionIsTold()
    {
        await using var station = new Station(TestProtocol.Echo);
        Socket client = station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        client.Send("half"u8);
        client.Shutdown(SocketShutdown.Send);
        byte[] answer = new byte[4];
        Station.ReceiveExactly(client, answer);
        Assert.Equal("half"u8, answer);
        AssertEnds(client);
        Assert.Equal(ConnectionCloseReason.PeerClosed, await session.Closed.WithDeadlineAsync());
    }

    [Fact]
    public async Task Peer_Resets_SessionIsTold()
    {
        await using var station = new Station(TestProtocol.Echo);
        Socket client = station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        client.LingerState = new LingerOption(enable: true, seconds: 0);
        client.Close();
        Assert.Equal(ConnectionCloseReason.Reset, await session.Closed.WithDeadlineAsync());
    }

    [Fact]
    public async Task EndPoints_OfAConnection_AreThoseOfTheSocket()
    {
        await using var station = new Station(TestProtocol.Echo);
        Socket client = station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        Assert.Equal(client.LocalEndPoint, session.Connection.Remote);
        Assert.Equal(client.RemoteEndPoint, session.Connection.Local);
    }

    internal static byte[] Pattern(int bytes, int seed)
    {
        byte[] pattern = new byte[bytes];
        for (int i = 0; i < bytes; i++)
        {
            pattern[i] = (byte)((i * 31) + (i >> 8) + seed);
        }

        return pattern;
    }

    internal static void WriteAll(TestSession session, ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            ReadOnlySpan<byte> part = bytes[..Math.Min(bytes.Length, 100_000)];
            session.Write(part);
            bytes = bytes[part.Length..];
        }
    }

    internal static void AssertEchoes(Socket client)
    {
        client.Send("ping"u8);
        byte[] answer = new byte[4];
        Station.ReceiveExactly(client, answer);
        Assert.Equal("ping"u8, answer);
    }

    internal static void AssertEnds(Socket client)
    {
        try
        {
            Assert.Equal(0, client.Receive(new byte[1]));
        }
        catch (SocketException reset) when (reset.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Also an end.
        }
    }

    private static void SendIgnoringReset(Socket client, byte[] bytes)
    {
        try
        {
            client.Send(bytes);
        }
        catch (SocketException reset) when (reset.SocketErrorCode is SocketError.ConnectionReset or SocketError.Shutdown)
        {
            // The broker was faster.
        }
    }
}
