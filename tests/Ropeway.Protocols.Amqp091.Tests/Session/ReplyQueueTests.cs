using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Protocols.Amqp091.Session;
using Ropeway.Transport;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

public sealed class ReplyQueueTests
{
    private readonly InMemoryConnection _connection = new(TimeProvider.System);
    private readonly ReplyQueue _replies;

    public ReplyQueueTests()
    {
        _replies = new ReplyQueue(_connection.Outbox);
    }

    [Fact]
    public void Release_ConfirmsOfOneKind_JoinAndNeverAcrossAnotherKind()
    {
        for (ulong tag = 1; tag <= 9; tag++)
        {
            _replies.AddConfirm(channel: 1, tag, index: tag, isPositive: tag is not (4 or 5 or 6 or 8));
        }

        Assert.Equal(
            ["basic.ack 3 multiple", "basic.nack 6 multiple", "basic.ack 7", "basic.nack 8", "basic.ack 9"],
            Release(committedIndex: 9));
    }

    [Fact]
    public void Release_BeforeAllAreDurable_JoinsOnlyThose()
    {
        for (ulong tag = 1; tag <= 4; tag++)
        {
            _replies.AddConfirm(channel: 1, tag, index: tag, isPositive: false);
        }

        Assert.Equal(["basic.nack 3 multiple"], Release(committedIndex: 3));
        Assert.Equal(["basic.nack 4"], Release(committedIndex: 4));
    }

    [Fact]
    public void Release_ConfirmsOfTwoChannels_StayApart()
    {
        _replies.AddConfirm(channel: 1, tag: 1, index: 1, isPositive: true);
        _replies.AddConfirm(channel: 2, tag: 1, index: 1, isPositive: true);
        _replies.AddConfirm(channel: 2, tag: 2, index: 1, isPositive: true);

        Assert.Equal(["basic.ack 1", "basic.ack 2 multiple"], Release(committedIndex: 1));
    }

    private List<string> Release(ulong committedIndex)
    {
        lock (_connection.Outbox.Gate)
        {
            _replies.Release(committedIndex, []);
        }

        _connection.Outbox.Flush();
        var written = new List<string>();
        ReadOnlySpan<byte> unread = _connection.TakeOutput();
        while (FrameCodec.TryRead(unread, int.MaxValue - 16, out FrameHeader header) == FrameReadStatus.Complete)
        {
            Assert.True(MethodFrame.TrySplit(unread.Slice(FrameCodec.HeaderBytes, header.PayloadBytes), out MethodId id, out ReadOnlySpan<byte> arguments));
            (ulong tag, bool multiple) = ReadConfirm(id, arguments);
            written.Add($"{id.NameOf()} {tag}{(multiple ? " multiple" : string.Empty)}");
            unread = unread[header.FrameBytes..];
        }

        return written;
    }

    private static (ulong Tag, bool Multiple) ReadConfirm(MethodId id, ReadOnlySpan<byte> arguments)
    {
        if (id == MethodId.BasicAck)
        {
            Assert.True(BasicAck.TryRead(arguments, out BasicAck ack));
            return (ack.DeliveryTag, ack.Multiple);
        }

        Assert.Equal(MethodId.BasicNack, id);
        Assert.True(BasicNack.TryRead(arguments, out BasicNack nack));
        return (nack.DeliveryTag, nack.Multiple);
    }
}
