using System.Text;
using Ropeway.TestKit;
using Ropeway.TestKit.Wire;

namespace Ropeway.Conformance.Tests;

/// <summary>What breaks the protocol gets the protocol's own answer, and nobody else notices.</summary>
[Collection(BrokerCollection.Name)]
public sealed class BadInputTests : IDisposable
{
    private const ushort Channel = 1;

    private readonly BrokerFixture _broker;
    private readonly WireConnection _bystander;

    public BadInputTests(BrokerFixture broker)
    {
        _broker = broker;
        _bystander = WireConnection.Open(broker.Endpoint);
        _bystander.OpenChannel(Channel);
    }

    /// <summary>After every test: the connection that was there before still works, and a new one does.</summary>
    public void Dispose()
    {
        _bystander.SetPrefetch(Channel, 1);
        _bystander.Close();
        var canary = WireConnection.Open(_broker.Endpoint);
        canary.OpenChannel(Channel);
        string queue = "canary-" + Guid.NewGuid().ToString("N");
        canary.DeclareQueue(Channel, queue);
        canary.Output.Publish(Channel, new WirePublish("", queue), "alive"u8, canary.FrameBytesMax);
        Assert.True(canary.Get(Channel, queue));
        canary.DeleteQueue(Channel, queue);
        canary.Close();
    }

    [Theory]
    [InlineData("HTTP/1.1 GET /\r\n")]
    [InlineData("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")]
    [InlineData("AMQP\u0000\u0000\u0009\u0002")]
    [InlineData("AMQP\u0002\u0001\u0000\u0000")] // 1.0 over TLS
    [InlineData("AMQQ\u0000\u0000\u0009\u0001")]
    public void ProtocolHeader_Wrong_IsAnsweredByTheRightOne(string header)
    {
        using WireSocket socket = WireSocket.Connect(_broker.Endpoint);

        socket.Send(Encoding.Latin1.GetBytes(header));

        Assert.Equal("AMQP\0\0\u0009\u0001", Encoding.Latin1.GetString(ReadToEnd(socket)));
    }

    [Fact]
    public void Frame_LongerThanNegotiated_ClosesWith501()
    {
        using WireConnection connection = OpenWithChannel();
        connection.Output.Begin(FrameKind.Body, Channel).Bytes(new byte[connection.FrameBytesMax + 100]).End(); // RabbitMQ tolerates 8 octets.

        AssertCloses(connection, 501, "FRAME_ERROR");
    }

    [Fact]
    public void Frame_DeclaringFourGigabytes_ClosesWith501WithoutWaitingForThem()
    {
        using WireConnection connection = OpenWithChannel();
        connection.Output.Bytes([FrameKind.Body, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3]);

        AssertCloses(connection, 501, "FRAME_ERROR");
    }

    [Fact]
    public void Frame_WithWrongEndOctet_ClosesWith501()
    {
        using WireConnection connection = OpenWithChannel();
        connection.Output.Bytes([FrameKind.Heartbeat, 0, 0, 0, 0, 0, 0, 0xCD]);

        AssertCloses(connection, 501, "FRAME_ERROR");
    }

    [Fact]
    public void Frame_OfUnknownType_ClosesTheConnection()
    {
        using WireConnection connection = OpenWithChannel();
        connection.Output.Begin(5, Channel).U32(0).End();

        AssertClosesWithEither(connection, 501, 505);
    }

    [Fact]
    public void Method_OnAChannelThatIsNotOpen_ClosesWith504()
    {
        using WireConnection connection = OpenWithChannel();
        connection.Output.Method(7, WireMethod.QueueDeclare).U16(0).ShortString("x").U8(0).EmptyTable().End();

        AssertCloses(connection, 504, "CHANNEL_ERROR - expected 'channel.open'");
    }

    [Fact]
    public void ChannelOpen_ForAnOpenChannel_ClosesWith504()
    {
        using WireConnection connection = OpenWithChannel();
        connection.Output.Method(Channel, WireMethod.ChannelOpen).ShortString("").End();

        AssertCloses(connection, 504, "CHANNEL_ERROR - second 'channel.open' seen");
    }

    [Fact]
    public void ChannelOpen_MoreThanChannelMax_ClosesWith530()
    {
        using WireConnection connection = OpenWithChannel();
        for (ushort channel = Channel + 1; channel <= 2048; channel++)
        {
            connection.Output.Method(channel, WireMethod.ChannelOpen).ShortString("").End();
        }

        AssertCloses(connection, 530, "NOT_ALLOWED");
    }

    [Theory]
    [InlineData(60, 999)]
    [InlineData(999, 1)]
    [InlineData(10, 99)]
    public void Method_Unknown_ClosesTheConnection(ushort classId, ushort methodId)
    {
        using WireConnection connection = OpenWithChannel();
        connection.Output.Begin(FrameKind.Method, classId == 10 ? (ushort)0 : Channel).U16(classId).U16(methodId).End();

        AssertClosesWithEither(connection, 503, 540);
    }

    [Fact]
    public void Method_OnlyForClients_ClosesTheConnection()
    {
        using WireConnection connection = OpenWithChannel();
        connection.Output.Method(Channel, WireMethod.QueueDeclareOk).ShortString("x").U32(0).U32(0).End();

        AssertClosesWithEither(connection, 503, 540);
    }

    [Fact]
    public void Method_WithArgumentsCutOff_ClosesTheConnection()
    {
        using WireConnection connection = OpenWithChannel();
        connection.Output.Begin(FrameKind.Method, Channel).U16(50).U16(10).U16(0).U8(200).Bytes("short"u8).End();

        AssertClosesWithEither(connection, 501, 502);
    }

    [Fact]
    public void Table_LongerThanItsFrame_ClosesTheConnection()
    {
        using WireConnection connection = OpenWithChannel();
        connection.Output.Method(Channel, WireMethod.QueueDeclare).U16(0).ShortString("x").U8(0).U32(1000).ShortString("k").U8((byte)'I').U32(1).End();

        AssertClosesWithEither(connection, 501, 502);
    }

    [Fact]
    public void Table_WithAnUnknownFieldType_ClosesTheConnection()
    {
        using WireConnection connection = OpenWithChannel();
        connection.Output.Method(Channel, WireMethod.QueueDeclare).U16(0).ShortString("x").U8(0).U32(4).ShortString("k").U8((byte)'?').U8(0).End();

        AssertClosesWithEither(connection, 501, 502);
    }

    [Fact]
    public void ContentHeader_WithoutPublish_ClosesWith505()
    {
        using WireConnection connection = OpenWithChannel();
        connection.Output.Begin(FrameKind.Header, Channel).U16(60).U16(0).U64(1).U16(0).End();

        AssertCloses(connection, 505, "UNEXPECTED_FRAME - expected method frame, got non method frame instead");
    }

    [Fact]
    public void Body_WithoutHeader_ClosesWith505()
    {
        using WireConnection connection = OpenWithChannel();
        BeginPublish(connection).Begin(FrameKind.Body, Channel).Bytes("x"u8).End();

        AssertCloses(connection, 505, "UNEXPECTED_FRAME - expected content header for class 60, got non content header frame instead");
    }

    [Fact]
    public void Method_InTheMiddleOfContent_ClosesWith505()
    {
        using WireConnection connection = OpenWithChannel();
        BeginPublish(connection).Begin(FrameKind.Header, Channel).U16(60).U16(0).U64(10).U16(0).End();
        connection.Output.Method(Channel, WireMethod.BasicQos).U32(0).U16(1).U8(0).End();

        AssertCloses(connection, 505, "UNEXPECTED_FRAME - expected content body, got non content body frame instead");
    }

    [Fact]
    public void ContentHeader_OfAnotherClass_ClosesWith505()
    {
        using WireConnection connection = OpenWithChannel();
        BeginPublish(connection).Begin(FrameKind.Header, Channel).U16(50).U16(0).U64(1).U16(0).End();

        AssertCloses(connection, 505, "UNEXPECTED_FRAME - expected content header for class 60, got one for class 50 instead");
    }

    [OwnBrokerFact] // RabbitMQ waits for a rest that never comes.
    public void Body_LongerThanItsHeaderSaid_ClosesTheConnection()
    {
        using WireConnection connection = OpenWithChannel();
        BeginPublish(connection).Begin(FrameKind.Header, Channel).U16(60).U16(0).U64(3).U16(0).End();
        connection.Output.Begin(FrameKind.Body, Channel).Bytes("too long"u8).End();

        AssertClosesWithEither(connection, 501, 505);
    }

    [Fact]
    public void Handshake_AnotherMethodThanStartOk_ClosesTheSocketOrTheConnection()
    {
        using WireSocket socket = WireSocket.Connect(_broker.Endpoint);
        socket.Send("AMQP\0\0\u0009\u0001"u8);
        var early = new FrameWriter();
        early.Method(Channel, WireMethod.ChannelOpen).ShortString("").End();

        socket.Send(early.Written);

        Assert.NotEmpty(ReadToEnd(socket)); // At least connection.start had come.
    }

    [Fact]
    public void Handshake_FrameTooLongBeforeLogin_IsNotBuffered()
    {
        using WireSocket socket = WireSocket.Connect(_broker.Endpoint);
        socket.Send("AMQP\0\0\u0009\u0001"u8);

        socket.Send([FrameKind.Method, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF, 0, 10, 0, 11]);

        ReadToEnd(socket);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(300)]
    public void Connection_CutInTheMiddleOfAFrame_IsForgotten(int octets)
    {
        var whole = new FrameWriter();
        whole.Bytes("AMQP\0\0\u0009\u0001"u8).Begin(FrameKind.Method, 0).U16(10).U16(11).Bytes(new byte[400]).End();
        using (WireSocket polite = WireSocket.Connect(_broker.Endpoint))
        {
            polite.Send(whole.Written[..octets]);
            polite.ShutdownSend();
            ReadToEnd(polite);
        }

        WireSocket rude = WireSocket.Connect(_broker.Endpoint);
        rude.Send(whole.Written[..octets]);
        rude.Reset();
    }

    [Fact]
    public void Connection_LostInTheMiddleOfAPublish_DropsThatMessageOnly()
    {
        string queue = "cut-" + Guid.NewGuid().ToString("N");
        _bystander.DeclareQueue(Channel, queue);
        using (WireConnection connection = OpenWithChannel())
        {
            connection.SelectConfirms(Channel);
            connection.Output.Publish(Channel, new WirePublish("", queue), "whole"u8, connection.FrameBytesMax);
            connection.Flush();
            Assert.True(connection.Pump(TestDeadline.Milliseconds)); // Its confirm.
            BeginPublish(connection, queue).Begin(FrameKind.Header, Channel).U16(60).U16(0).U64(1_000_000).U16(0).End();
            connection.Output.Begin(FrameKind.Body, Channel).Bytes(new byte[5000]).End();
            connection.Flush();
            connection.Drop();
        }

        Assert.True(_bystander.Get(Channel, queue));
        Assert.False(_bystander.Get(Channel, queue));
        _bystander.DeleteQueue(Channel, queue);
    }

    private static FrameWriter BeginPublish(WireConnection connection, string queue = "nowhere") =>
        connection.Output.Method(Channel, WireMethod.BasicPublish).U16(0).ShortString("").ShortString(queue).U8(0).End();

    private static void PumpUntilClosed(WireConnection connection)
    {
        connection.Flush();
        while (connection.Pump(TestDeadline.Milliseconds))
        {
            // Whatever comes before the close.
        }

        throw new TimeoutException("The broker did not close the connection.");
    }

    private static byte[] ReadToEnd(WireSocket socket)
    {
        ReceiveStatus status;
        while ((status = socket.Receive(TestDeadline.Milliseconds)) == ReceiveStatus.Received)
        {
            // Until the broker closes.
        }

        Assert.Equal(ReceiveStatus.Closed, status);
        return socket.Unread.ToArray();
    }

    private static void AssertCloses(WireConnection connection, int code, string text)
    {
        WireClosedException closed = Assert.Throws<WireClosedException>(() => PumpUntilClosed(connection));
        Assert.Equal(WireMethod.ConnectionClose, closed.Method);
        Assert.Equal(code, closed.Code);
        Assert.StartsWith(text, closed.Text, StringComparison.Ordinal);
        connection.Output.Method(0, WireMethod.ConnectionCloseOk).End();
        WireClosedException end = Assert.Throws<WireClosedException>(() => PumpUntilClosed(connection));
        Assert.Equal(0, end.Code);
    }

    /// <summary>RabbitMQ just drops the socket in some of these cases.</summary>
    private static void AssertClosesWithEither(WireConnection connection, int code, int alternative)
    {
        WireClosedException closed = Assert.Throws<WireClosedException>(() => PumpUntilClosed(connection));
        if (!BrokerFixture.IsForeign || closed.Code != 0)
        {
            Assert.Contains(closed.Code, (int[])[code, alternative]);
        }
    }

    private WireConnection OpenWithChannel()
    {
        WireConnection connection = WireConnection.Open(_broker.Endpoint);
        connection.OpenChannel(Channel);
        return connection;
    }
}
