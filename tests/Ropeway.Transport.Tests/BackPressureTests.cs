using System.Net.Sockets;
using Ropeway.Buffers;

namespace Ropeway.Transport.Tests;

public sealed class BackPressureTests
{
    private const int MuchBytes = 16 * 1024 * 1024; // More than any kernel buffers for one connection.

    [Fact]
    public async Task Outbox_PeerDoesNotRead_StopsReadingUntilDrained()
    {
        byte[] much = ConnectionTests.Pattern(MuchBytes, 5);
        await using var station = new Station((session, received) =>
        {
            if (received[0] == (byte)'A')
            {
                session.Connection.Outbox.Drained = () => session.Note("drained");
                ConnectionTests.WriteAll(session, much);
            }

            session.Note($"consumed {(char)received[0]}, backlogged {session.Connection.Outbox.IsBacklogged}");
            return new ConsumeResult(1, ConsumeStatus.Continue);
        });
        await using var elsewhere = new Station(TestProtocol.Echo);
        Socket client = station.Connect(receiveBufferBytes: 16 * 1024);
        TestSession session = await station.Protocol.NextSessionAsync();
        client.Send("A"u8);
        Assert.Equal("consumed A, backlogged True", await session.NextEventAsync());
        client.Send("B"u8);
        LetReadersRead(elsewhere.Connect());
        Assert.True(session.Connection.Outbox.IsBacklogged);
        Assert.False(session.TryNextEvent(out _));
        byte[] answer = new byte[MuchBytes];
        Station.ReceiveExactly(client, answer);
        Assert.Equal(much, answer);
        Assert.Equal("drained", await session.NextEventAsync());
        Assert.Equal("consumed B, backlogged False", await session.NextEventAsync());
    }

    [Fact]
    public async Task Drained_WhileItIsCalled_ReadingHasNotGoneOn()
    {
        await using var elsewhere = new Station(TestProtocol.Echo);
        Socket other = elsewhere.Connect();
        await using var station = new Station((session, received) =>
        {
            if (received.IsEmpty)
            {
                session.Note("goes on");
                return new ConsumeResult(0, ConsumeStatus.Continue);
            }

            session.Connection.Outbox.Drained = () =>
            {
                session.Connection.Resume();
                LetReadersRead(other);
                session.Note("drained");
            };
            ConnectionTests.WriteAll(session, new byte[MuchBytes]);
            return new ConsumeResult(received.Length, ConsumeStatus.Paused);
        });
        Socket client = station.Connect(receiveBufferBytes: 16 * 1024);
        TestSession session = await station.Protocol.NextSessionAsync();
        client.Send("A"u8);
        Assert.True(SpinWait.SpinUntil(() => session.Connection.Outbox.IsBacklogged, Deadline.Max));
        LetReadersRead(other); // So that the loop waits, and another thread sends.
        Station.ReceiveExactly(client, new byte[MuchBytes]);

        Assert.Equal("drained", await session.NextEventAsync());
        Assert.Equal("goes on", await session.NextEventAsync());
    }

    [Fact]
    public async Task Outbox_SeveralWriters_ArrivesWholeAndInOrderOfEach()
    {
        const int Writers = 4;
        const int RecordsEach = 3_000;
        await using var station = new Station(TestProtocol.Echo);
        Socket client = station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        var writers = new List<Thread>();
        for (int w = 0; w < Writers; w++)
        {
            int writer = w;
            var thread = new Thread(() => WriteRecords(session, writer, RecordsEach)) { IsBackground = true };
            writers.Add(thread);
            thread.Start();
        }

        int[] next = new int[Writers];
        byte[] header = new byte[12];
        byte[] body = new byte[64 * 1024];
        for (int i = 0; i < Writers * RecordsEach; i++)
        {
            Station.ReceiveExactly(client, header);
            int writer = BitConverter.ToInt32(header, 0);
            int number = BitConverter.ToInt32(header, 4);
            Span<byte> received = body.AsSpan(0, BitConverter.ToInt32(header, 8));
            Station.ReceiveExactly(client, received);
            Assert.Equal(next[writer]++, number);
            Assert.Equal(received.Length, received.Count((byte)(writer + number)));
        }

        Assert.All(next, count => Assert.Equal(RecordsEach, count));
        writers.ForEach(thread => thread.Join());
    }

    [Fact]
    public async Task AppendBlock_Sent_ReleasesItsReferenceOnceAndArrivesInOrder()
    {
        await using var station = new Station(TestProtocol.Echo);
        Socket client = station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        NativeBlock block = NativeBlock.Allocate(100_000);
        ConnectionTests.Pattern(100_000, 9).CopyTo(block.Span);
        byte[] expected = [.. "head"u8, .. block.Span[10..90_000], .. "tail"u8];
        lock (session.Connection.Outbox.Gate)
        {
            "head"u8.CopyTo(session.Connection.Outbox.GetSpan(4));
            session.Connection.Outbox.Advance(4);
            session.Connection.Outbox.AppendBlock(block, 10, 89_990);
            "tail"u8.CopyTo(session.Connection.Outbox.GetSpan(4));
            session.Connection.Outbox.Advance(4);
        }

        session.Connection.Outbox.Flush();
        byte[] answer = new byte[expected.Length];
        Station.ReceiveExactly(client, answer);
        Assert.Equal(expected, answer);
        AwaitEmpty(session.Connection.Outbox);
        AssertOnlyOurReferenceIsLeft(block);
        ConnectionTests.AssertEchoes(client);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AppendBlock_ConnectionDies_ReleasesItsReferenceOnce(bool byPeer)
    {
        await using var station = new Station(TestProtocol.Echo);
        Socket client = station.Connect(receiveBufferBytes: 16 * 1024);
        TestSession session = await station.Protocol.NextSessionAsync();
        NativeBlock block = NativeBlock.Allocate(1024 * 1024);
        lock (session.Connection.Outbox.Gate)
        {
            for (int i = 0; i < MuchBytes / block.Bytes; i++)
            {
                session.Connection.Outbox.AppendBlock(block, 0, block.Bytes);
            }
        }

        session.Connection.Outbox.Flush();
        Assert.True(session.Connection.Outbox.IsBacklogged);
        if (byPeer)
        {
            client.LingerState = new LingerOption(enable: true, seconds: 0);
            client.Close();
        }
        else
        {
            session.Connection.Abort("a test");
        }

        await session.Closed.WithDeadlineAsync();
        await station.DisposeAsync(); // The end of everything that the connection still had in flight.
        AwaitEmpty(session.Connection.Outbox);
        AssertOnlyOurReferenceIsLeft(block);
    }

    [Fact]
    public async Task AppendBlock_AfterTheEnd_TakesNoReference()
    {
        await using var station = new Station(TestProtocol.Echo);
        station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        session.Connection.Abort("a test");
        NativeBlock block = NativeBlock.Allocate(5000);
        lock (session.Connection.Outbox.Gate)
        {
            session.Connection.Outbox.AppendBlock(block, 0, 5000);
        }

        session.Connection.Outbox.Flush();
        Assert.Equal(0, session.Connection.Outbox.PendingBytes);
        AssertOnlyOurReferenceIsLeft(block);
    }

    [Fact]
    public async Task Drained_Throws_EndsOnlyThatConnection()
    {
        await using var station = new Station(TestProtocol.Echo);
        Socket client = station.Connect();
        TestSession session = await station.Protocol.NextSessionAsync();
        Socket other = station.Connect();
        session.Connection.Outbox.Drained = () => throw new InvalidOperationException("A test's exception.");
        ConnectionTests.WriteAll(session, new byte[MuchBytes]);
        session.Connection.Outbox.Flush();
        try
        {
            byte[] sink = new byte[64 * 1024];
            while (client.Receive(sink) > 0)
            {
            }
        }
        catch (SocketException)
        {
            // Aborted.
        }

        Assert.Equal(ConnectionCloseReason.Failed, await session.Closed.WithDeadlineAsync());
        ConnectionTests.AssertEchoes(other);
    }

    private static void WriteRecords(TestSession session, int writer, int count)
    {
        Outbox outbox = session.Connection.Outbox;
        for (int number = 0; number < count; number++)
        {
            int bytes = (number * 37 % 900) + (number % 50 == 0 ? 40_000 : 0);
            lock (outbox.Gate)
            {
                Span<byte> span = outbox.GetSpan(12 + bytes);
                BitConverter.TryWriteBytes(span, writer);
                BitConverter.TryWriteBytes(span[4..], number);
                BitConverter.TryWriteBytes(span[8..], bytes);
                span.Slice(12, bytes).Fill((byte)(writer + number));
                outbox.Advance(12 + bytes);
            }

            if (number % 7 == 0)
            {
                outbox.Flush();
            }
        }

        outbox.Flush();
    }

    private static void AssertOnlyOurReferenceIsLeft(NativeBlock block)
    {
        block.Release();
        Assert.False(block.TryAddReference());
    }

    /// <summary>Time in which a reader that had not stopped would have read.</summary>
    private static void LetReadersRead(Socket other)
    {
        for (int i = 0; i < 200; i++)
        {
            ConnectionTests.AssertEchoes(other);
        }
    }

    /// <summary>The peer may have the last bytes before the sending thread has noted that they are out.</summary>
    private static void AwaitEmpty(Outbox outbox) => Assert.True(SpinWait.SpinUntil(
        () =>
        {
            lock (outbox.Gate)
            {
                return outbox.PendingBytes == 0;
            }
        },
        Deadline.Max));
}
