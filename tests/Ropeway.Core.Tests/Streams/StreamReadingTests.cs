using Ropeway.Buffers;
using Ropeway.Core.Queues;
using Ropeway.Core.Streams;
using Ropeway.Core.Tests.Queues;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Streams;

public sealed class StreamReadingTests : IDisposable
{
    private readonly StreamRig _rig = new();
    private readonly RecordingTarget _target = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Read_TwoReaders_EachGetsEverything()
    {
        _rig.Publish("a", "b", "c");
        var other = new RecordingTarget();
        _rig.Read(_target, StreamStart.First);
        _rig.Read(other, StreamStart.First);
        _rig.Publish("d");

        Assert.Equal([0L, 1, 2, 3], _target.Expect(4).Select(delivery => delivery.Offset));
        other.Expect(4);
        Assert.Equal("a b c d", _target.Bodies);
        Assert.Equal("a b c d", other.Bodies);
        Assert.Equal(4, _rig.Stream.MessageCount);
        Assert.Equal(2, _rig.Stream.ConsumerCount);
    }

    [Fact]
    public void PositionOf_Reader_IsWhatItGetsNext()
    {
        var stream = (StreamQueue)_rig.Stream;
        TestConsumer consumer = _rig.Read(_target, StreamStart.At(1), credit: 2);
        Assert.Equal(1, stream.PositionOf(consumer));
        _rig.Publish("a", "b", "c", "d");
        _target.Expect(2);

        Assert.Equal(3, stream.PositionOf(consumer));
        Assert.Equal((0L, 4L, 4L), (stream.Extent.StartOffset, stream.Extent.DurableEnd, stream.Extent.EndOffset));
        Assert.InRange(stream.Extent.Bytes, 4, 4096);
        stream.RemoveConsumer(consumer);
        Assert.Null(stream.PositionOf(consumer));
    }

    [Fact]
    public void Read_FromNext_GetsOnlyWhatComes()
    {
        _rig.Publish("a", "b");
        _rig.Read(_target, StreamStart.Next);
        _rig.Publish("c");

        _target.Expect(1);
        Assert.Equal("c", _target.Bodies);
    }

    [Theory]
    [InlineData(0, "a b c d")]
    [InlineData(2, "c d")]
    [InlineData(-5, "a b c d")]
    public void Read_FromOffset_BeginsThere(long offset, string expected) =>
        Assert.Equal(expected, ReadFrom(StreamStart.At(offset), expected));

    [Fact]
    public void Read_FromLast_BeginsWithTheNewest() => Assert.Equal("d", ReadFrom(StreamStart.Last, "d"));

    [Fact]
    public void Read_FromLastOfAnEmptyStream_GetsWhatComes()
    {
        _rig.Read(_target, StreamStart.Last);
        _rig.Publish("a");
        _target.Expect(1);
    }

    [Fact]
    public void Read_FromOffsetBeyondTheEnd_WaitsForIt()
    {
        _rig.Publish("a");
        _rig.Read(_target, StreamStart.At(3));
        _rig.Publish("b", "c", "d", "e");

        Assert.Equal([3L, 4], _target.Expect(2).Select(delivery => delivery.Offset));
    }

    [Theory]
    [InlineData(-1, "a b c d")]
    [InlineData(0, "a b c d")]
    [InlineData(1, "b c d")]
    [InlineData(2_000, "c d")]
    [InlineData(2_001, "d")]
    public void Read_FromTime_BeginsWithTheFirstThatIsNotOlder(long afterMs, string expected)
    {
        long startMs = _rig.NowMs;
        foreach (string body in (string[])["a", "b", "c", "d"])
        {
            _rig.Publish(body);
            _rig.Time.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(expected, _rig.ReadAll(StreamStart.AtTime(startMs + afterMs), expected.Split(' ').Length));
    }

    [Fact]
    public void Read_FromTimeToCome_GetsWhateverComesNext()
    {
        _rig.Publish("a");
        _rig.Read(_target, StreamStart.AtTime(_rig.NowMs + 3_600_000));
        _rig.Publish("b");

        _target.Expect(1);
        Assert.Equal("b", _target.Bodies);
    }

    [Fact]
    public void Read_NotYetOnTheDisk_IsNotDelivered()
    {
        _rig.Read(_target, StreamStart.First);
        using (_rig.Queues.HoldCommits())
        {
            _rig.Queues.Publish(_rig.Stream, "a", "b");
            Assert.Equal(0, _rig.Stream.MessageCount);
            Assert.Empty(_target.Deliveries);
        }

        _target.Expect(2);
        Assert.Equal(2, _rig.Stream.MessageCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_MessagesOfATransaction_WaitForItsEnd(bool completes)
    {
        _rig.Read(_target, StreamStart.First);
        using QueueUnit unit = _rig.Queues.Broker.Durability.BeginUnit();
        NativeBlock block = NativeBlock.Allocate(1);
        block.Span[0] = (byte)'a';
        var batch = new PublishBatch();
        int item = batch.Add();
        batch[item] = new PublishItem { Block = block, BodyBytes = 1, Head = new MessageHead(MessageOrigin.Amqp091, MessageFlags.Persistent, 0, _rig.NowMs, 0) };
        batch.Route(item, _rig.Stream);
        DispatchBatch dispatch = DispatchBatch.Begin();
        unit.Publish(batch, dispatch);
        block.Release();
        dispatch.Flush();
        _rig.Queues.Publish(_rig.Stream, "b");
        _rig.Queues.WaitDurable();
        Assert.Empty(_target.Deliveries);
        Assert.Equal(0, _rig.Stream.MessageCount);

        if (completes)
        {
            unit.Complete();
        }
        else
        {
            unit.Dispose();
        }

        _target.Expect(completes ? 2 : 1);
        Assert.Equal(completes ? "a b" : "b", _target.Bodies);
    }

    [Fact]
    public void Read_OneReaderTakesNothing_TheOtherGoesOn()
    {
        var slow = new RecordingTarget { Refuses = true };
        TestConsumer held = _rig.Read(slow, StreamStart.First);
        _rig.Read(_target, StreamStart.First);
        _rig.PublishMany(1_000, bodyBytes: 10);

        _target.Expect(1_000);
        Assert.Empty(slow.Deliveries);
        slow.Refuses = false;
        _rig.Queues.Grant(0, held);
        Assert.Equal(Enumerable.Range(0, 1_000).Select(n => (long)n), slow.Expect(1_000).Select(delivery => delivery.Offset));
    }

    [Fact]
    public void Read_CreditIsUsedUp_GoesOnWhenItComesBack()
    {
        TestConsumer consumer = _rig.Read(_target, StreamStart.First, credit: 2);
        _rig.Publish("a", "b", "c", "d", "e");
        _target.Expect(2);
        _rig.Queues.Resolve([(_rig.Stream, 0)], [(_rig.Stream, 1)], credit: 2, [consumer]);

        Assert.Equal("a b c d", (_target.Expect(4), _target.Bodies).Bodies);
        Assert.All(_target.Deliveries, delivery => Assert.False(delivery.Redelivered));
        Assert.Equal(5, _rig.Stream.MessageCount);
        Assert.Equal("a b c d e", _rig.ReadAll(StreamStart.First, 5));
    }

    [Fact]
    public void Remove_OneOfManyReaders_TheOthersGoOn()
    {
        TestConsumer[] readers = [.. Enumerable.Range(0, 20).Select(_ => _rig.Read(new RecordingTarget(), StreamStart.First))];
        for (int i = 0; i < readers.Length; i += 2)
        {
            _rig.Queues.Publish(_rig.Stream, "a");
            _rig.Stream.RemoveConsumer(readers[i]);
        }

        _rig.Publish("b");
        for (int i = 1; i < readers.Length; i += 2)
        {
            ((RecordingTarget)readers[i].Target).Expect(11);
        }

        Assert.Equal(10, _rig.Stream.ConsumerCount);
    }

    [Fact]
    public async Task Publish_ExternalBody_IsRead()
    {
        await _rig.Queues.PublishExternalAsync(_rig.Stream, "large");
        _rig.WaitReadable();

        Assert.Equal("large", _rig.ReadAll(StreamStart.First, 1));
    }

    [Fact]
    public void Publish_WithExpiration_IsKept()
    {
        _rig.Queues.PublishExpiring(_rig.Stream, "a", 1);
        _rig.WaitReadable();
        _rig.Time.Advance(TimeSpan.FromHours(1));

        Assert.Equal("a", _rig.ReadAll(StreamStart.First, 1));
    }

    [Fact]
    public void PurgeAndGet_Never_TouchMessages()
    {
        _rig.Publish("a");

        Assert.Equal(0, _rig.Queues.Purge(_rig.Stream));
        Assert.Null(_rig.Queues.Get(_rig.Stream));
        Assert.Equal(1, _rig.Stream.MessageCount);
    }

    [Fact]
    public void Delete_ReadersAreTold()
    {
        _rig.Publish("a");
        TestConsumer consumer = _rig.Read(_target, StreamStart.First);
        _rig.Queues.Delete(_rig.Stream);

        Assert.Equal([consumer], _target.Gone);
        Assert.Equal(ConsumerRefusal.QueueGone, _rig.Stream.AddConsumer(new TestConsumer(_rig.Stream, _target, 1)));
    }

    private string ReadFrom(StreamStart start, string expected)
    {
        _rig.Publish("a", "b", "c", "d");
        return _rig.ReadAll(start, expected.Split(' ').Length);
    }
}
