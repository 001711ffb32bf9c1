using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Codec;

/// <summary>Every field stands where the specification puts it: methods built from values give the golden bytes.</summary>
[Trait("clause", "AMQP091-4.2.5.2")]
public class MethodFieldTests
{
    private static readonly byte[] Table = [0, 0, 0, 7, 1, (byte)'x', (byte)'I', 0, 0, 0, 1];

    [Fact]
    public void Write_ConnectionMethods_GivesGoldenBytes()
    {
        AssertGolden(new ConnectionStart { VersionMajor = 0, VersionMinor = 9, ServerProperties = Table, Mechanisms = "PLAIN AMQPLAIN"u8, Locales = "en_US"u8 });
        AssertGolden(new ConnectionStartOk { ClientProperties = Table, Mechanism = "PLAIN"u8, Response = "\0guest\0guest"u8, Locale = "en_US"u8 });
        AssertGolden(new ConnectionSecure { Challenge = "abc"u8 });
        AssertGolden(new ConnectionSecureOk { Response = "def"u8 });
        AssertGolden(new ConnectionTune { ChannelMax = 2047, FrameBytesMax = 131072, HeartbeatSeconds = 60 });
        AssertGolden(new ConnectionTuneOk { ChannelMax = 2047, FrameBytesMax = 131072, HeartbeatSeconds = 60 });
        AssertGolden(new ConnectionOpen { VirtualHost = "/"u8 });
        AssertGolden(default(ConnectionOpenOk));
        AssertGolden(new ConnectionClose { ReplyCode = ReplyCode.ConnectionForced, ReplyText = "bye"u8, FailingMethod = MethodId.BasicPublish });
        AssertGolden(new ConnectionBlocked { Reason = "low on memory"u8 });
        AssertGolden(new ConnectionUpdateSecret { NewSecret = "t0k"u8, Reason = "old"u8 });
    }

    [Fact]
    public void Write_ChannelAndAccessMethods_GivesGoldenBytes()
    {
        AssertGolden(default(ChannelOpen));
        AssertGolden(default(ChannelOpenOk));
        AssertGolden(new ChannelFlow { Active = true });
        AssertGolden(default(ChannelFlowOk));
        AssertGolden(new ChannelClose { ReplyCode = ReplyCode.NotFound, ReplyText = "NOT_FOUND - no queue 'q' in vhost '/'"u8, FailingMethod = MethodId.QueueDeclare });
        AssertGolden(new AccessRequest { Realm = "/data"u8, Passive = true, Active = true, Write = true, Read = true });
        AssertGolden(new AccessRequestOk { Ticket = 1 });
    }

    [Fact]
    public void Write_ExchangeMethods_GivesGoldenBytes()
    {
        AssertGolden(new ExchangeDeclare { Exchange = "x"u8, ExchangeType = "topic"u8, Durable = true, Internal = true, Arguments = Table });
        AssertGolden(new ExchangeDelete { Exchange = "x"u8, IfUnused = true });
        AssertGolden(new ExchangeBind { Destination = "d"u8, Source = "s"u8, RoutingKey = "k"u8, NoWait = true, Arguments = Table });
        AssertGolden(new ExchangeUnbind { Destination = "d"u8, Source = "s"u8, RoutingKey = "k"u8, Arguments = Table });
    }

    [Fact]
    public void Write_QueueMethods_GivesGoldenBytes()
    {
        AssertGolden(new QueueDeclare { Queue = "q"u8, Durable = true, AutoDelete = true, Arguments = Table });
        AssertGolden(new QueueDeclareOk { Queue = "q"u8, MessageCount = 3, ConsumerCount = 2 });
        AssertGolden(new QueueBind { Queue = "q"u8, Exchange = "x"u8, RoutingKey = "k"u8, Arguments = Table });
        AssertGolden(new QueuePurge { Queue = "q"u8, NoWait = true });
        AssertGolden(new QueuePurgeOk { MessageCount = 7 });
        AssertGolden(new QueueDelete { Queue = "q"u8, IfEmpty = true });
        AssertGolden(new QueueDeleteOk { MessageCount = 7 });
        AssertGolden(new QueueUnbind { Queue = "q"u8, Exchange = "x"u8, RoutingKey = "k"u8, Arguments = Table });
    }

    [Fact]
    public void Write_BasicMethods_GivesGoldenBytes()
    {
        AssertGolden(new BasicQos { PrefetchCount = 100, Global = true });
        AssertGolden(new BasicConsume { Queue = "q"u8, ConsumerTag = "c"u8, NoAck = true, NoWait = true, Arguments = Table });
        AssertGolden(new BasicConsumeOk { ConsumerTag = "c"u8 });
        AssertGolden(new BasicCancel { ConsumerTag = "c"u8, NoWait = true });
        AssertGolden(new BasicCancelOk { ConsumerTag = "c"u8 });
        AssertGolden(new BasicPublish { Exchange = "x"u8, RoutingKey = "k"u8, Mandatory = true });
        AssertGolden(new BasicReturn { ReplyCode = ReplyCode.NoRoute, ReplyText = "NO_ROUTE"u8, Exchange = "x"u8, RoutingKey = "k"u8 });
        AssertGolden(new BasicDeliver { ConsumerTag = "c"u8, DeliveryTag = 258, Redelivered = true, Exchange = "x"u8, RoutingKey = "k"u8 });
        AssertGolden(new BasicGet { Queue = "q"u8, NoAck = true });
        AssertGolden(new BasicGetOk { DeliveryTag = 5, Exchange = "x"u8, RoutingKey = "k"u8, MessageCount = 9 });
        AssertGolden(default(BasicGetEmpty));
    }

    [Fact]
    public void Write_SettlementAndConfirmMethods_GivesGoldenBytes()
    {
        AssertGolden(new BasicAck { DeliveryTag = 0x0102030405060708, Multiple = true });
        AssertGolden(new BasicReject { DeliveryTag = 5, Requeue = true });
        AssertGolden(new BasicNack { DeliveryTag = 5, Requeue = true });
        AssertGolden(new BasicRecover { Requeue = true });
        AssertGolden(new BasicRecoverAsync { Requeue = true });
        AssertGolden(new ConfirmSelect { NoWait = true });
    }

    [Fact]
    public void TryRead_Publish_GivesEveryField()
    {
        byte[] frame = GoldenFrames.Of(MethodId.BasicPublish);

        Assert.True(BasicPublish.TryRead(Arguments(frame), out BasicPublish publish));

        Assert.Equal("x"u8, publish.Exchange);
        Assert.Equal("k"u8, publish.RoutingKey);
        Assert.True(publish.Mandatory);
        Assert.False(publish.Immediate);
    }

    [Fact]
    public void TryRead_QueueDeclareWithEachBit_SetsOnlyThatField()
    {
        byte[] arguments = Arguments(GoldenFrames.Of(MethodId.QueueDeclare)).ToArray();
        int bitsAt = arguments.Length - Table.Length - 1;
        var seen = new List<string>();
        for (int bit = 0; bit < 5; bit++)
        {
            arguments[bitsAt] = (byte)(1 << bit);
            Assert.True(QueueDeclare.TryRead(arguments, out QueueDeclare declare));
            seen.Add($"{declare.Passive} {declare.Durable} {declare.Exclusive} {declare.AutoDelete} {declare.NoWait}");
        }

        string[] expected =
        [
            "True False False False False", "False True False False False", "False False True False False",
            "False False False True False", "False False False False True",
        ];
        Assert.Equal<string[]>(expected, [.. seen]);
    }

    [Fact]
    public void TryRead_ReservedFieldsOfOldClients_AreIgnored()
    {
        byte[] withTicket = Hex.ToBytes("0001 01 78 01 6B 00"); // basic.publish of a client that still sends a ticket
        byte[] withCapabilities = Hex.ToBytes("01 2F 04 61626364 01"); // connection.open with capabilities and insist

        Assert.True(BasicPublish.TryRead(withTicket, out _));
        Assert.True(ConnectionOpen.TryRead(withCapabilities, out ConnectionOpen open));
        Assert.Equal("/"u8, open.VirtualHost);
    }

    [Fact]
    public void TryRead_NameThatIsNotUtf8_IsRefusedButRoutingKeyIsNot()
    {
        byte[] queuePurge = Hex.ToBytes("0000 01 FF 00");
        byte[] publish = Hex.ToBytes("0000 01 78 01 FF 00");

        Assert.False(QueuePurge.TryRead(queuePurge, out _));
        Assert.True(BasicPublish.TryRead(publish, out BasicPublish read));
        Assert.Equal([0xFF], read.RoutingKey.ToArray());
    }

    [Fact]
    public void TryRead_TableLengthAtZeroMaxAndMaxPlusOne_IsCheckedAgainstTheBytesLeft()
    {
        Assert.True(QueueUnbind.TryRead(Hex.ToBytes("0000 00 00 00 00000000"), out _));
        Assert.True(QueueUnbind.TryRead(Hex.ToBytes("0000 00 00 00 00000002 00 56"), out _));
        Assert.False(QueueUnbind.TryRead(Hex.ToBytes("0000 00 00 00 00000003 00 56"), out _));
        Assert.False(QueueUnbind.TryRead(Hex.ToBytes("0000 00 00 00 FFFFFFFF 00 56"), out _));
        Assert.False(QueueUnbind.TryRead(Hex.ToBytes("0000 00 00 00 7FFFFFFF 00 56"), out _));
    }

    private static void AssertGolden<T>(T method)
        where T : struct, IMethod<T>, allows ref struct
    {
        byte[] golden = GoldenFrames.Of(T.Id);
        byte[] written = new byte[method.GetFrameBytes()];
        ushort channel = (ushort)(T.Id.ClassOf() == 10 ? 0 : 1);

        int writtenBytes = method.Write(written, channel);

        Assert.Equal(written.Length, writtenBytes);
        Assert.Equal(Convert.ToHexString(golden), Convert.ToHexString(written));
    }

    private static ReadOnlySpan<byte> Arguments(byte[] frame) => frame.AsSpan()[(FrameCodec.HeaderBytes + MethodFrame.IdBytes)..^1];
}
