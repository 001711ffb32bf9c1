using System.Globalization;
using System.Text;
using Ropeway.Buffers;
using Ropeway.Core.Queues;
using Ropeway.Core.Streams;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Queues;

/// <summary>Durable messages for several queues: what they have in common is journalled once, and nobody sees a difference.</summary>
public sealed class SharedMessageTests : IDisposable
{
    private const int BodyBytes = 4096;

    private readonly QueueRig _rig = new(new StoreOptions { Directory = string.Empty, JournalFileBytes = 4 << 20, JournalFiles = 2 });

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Publish_ToTenQueues_JournalsTheBodyOnce()
    {
        Queue[] queues = DeclareAll(10);
        long before = WrittenBytes();

        for (int batch = 0; batch < 10; batch++)
        {
            _rig.PublishToAll(queues, persistent: true, Bodies(batch * 20, 20));
        }

        Assert.InRange(WrittenBytes() - before, 200 * BodyBytes, 200 * BodyBytes * 3 / 2);
        Assert.All(queues, queue => AssertHolds(queue, 0, 200));
    }

    [Fact]
    public void Publish_ShortMessagesToSeveralQueues_JournalsACopyForEach()
    {
        Queue[] queues = DeclareAll(10);
        long before = WrittenBytes();
        string[] bodies = [.. Enumerable.Range(0, 100).Select(i => new string((char)('a' + (i % 26)), 200))];

        _rig.PublishToAll(queues, persistent: true, bodies);

        Assert.True(WrittenBytes() - before > 10 * 100 * 200);
        Assert.All(queues, queue => Assert.All(bodies, body => Assert.Equal(body, _rig.Get(queue, noAck: true)?.Body)));
    }

    [Fact]
    public void Publish_AtLengthOfABlockAndMore_EachQueueGetsIt()
    {
        Queue[] queues = DeclareAll(3);
        string[] bodies = [Body(0, 900_000), .. Bodies(1, 300), Body(301, 30_000), Body(302, 900_000)];
        _rig.PublishToAll(queues, persistent: true, bodies); // More than is shared in one batch.
        _rig.PublishToAll(queues, persistent: true, bodies[^1]);
        for (int i = 0; i < 40; i++)
        {
            _rig.PublishToAll(queues, persistent: true, Body(303 + i, 250_000)); // Over several blocks of the journal.
        }

        _rig.Crash("q0");
        string[] expected = [.. bodies, bodies[^1], .. Enumerable.Range(303, 40).Select(i => Body(i, 250_000))];
        Assert.All(FindAll(3), queue => Assert.All(expected, body => Assert.Equal(body, _rig.Expect(queue).Body)));
    }

    [Fact]
    public void Crash_EachQueueHasItsMessages()
    {
        Queue[] queues = DeclareAll(4);
        _rig.PublishToAll(queues, persistent: true, Bodies(0, 50));
        Assert.Equal(Body(0), _rig.Get(queues[1], noAck: true)?.Body);
        _rig.Crash("q0");
        queues = FindAll(4);
        AssertHolds(queues[0], 0, 50);
        AssertHolds(queues[1], 1, 50);
        _rig.Restart("q0");
        Assert.All(FindAll(4)[2..], queue => AssertHolds(queue, 0, 50));
    }

    [Fact]
    public void Delete_OfOneQueue_LeavesTheOthersTheirs()
    {
        Queue[] queues = DeclareAll(4);
        _rig.PublishToAll(queues, persistent: true, Bodies(0, 50));
        _rig.Delete(queues[0]);
        Assert.Equal(Body(0), _rig.Get(queues[1], noAck: true)?.Body);
        _rig.Crash("q1");
        AssertHolds(_rig.Find("q1"), 1, 50);
        AssertHolds(_rig.Find("q2"), 0, 50);
    }

    [Fact]
    public void MovedOutOfTheJournal_EachQueueHasItsMessages()
    {
        Queue[] queues = DeclareAll(3);
        Queue busy = _rig.Declare("busy");
        _rig.PublishToAll(queues, persistent: true, Bodies(0, 100));
        for (int i = 0; i < 40; i++)
        {
            _rig.Publish(busy, Body(i, 500_000));
            _rig.Purge(busy);
            _rig.WaitDurable();
        }

        _rig.Store.Checkpoint();
        Assert.True(_rig.Store.GetStatistics().SegmentBytes >= 3 * 100 * BodyBytes, "Nothing was moved.");
        AssertHolds(queues[0], 0, 100);
        _rig.Delete(queues[1]);
        _rig.Crash("q2");
        AssertHolds(_rig.Find("q2"), 0, 100);
    }

    [Fact]
    public void Publish_ToQueuesOfAllKinds_EachKeepsWhatItShould()
    {
        Queue plain = _rig.Declare("q0");
        Queue levels = _rig.Declare("q1", arguments: new FieldTable { ["x-max-priority"] = 5 });
        Queue transient = _rig.Declare("q2", durable: false);
        Queue stream = _rig.Declare("q3", arguments: new FieldTable { ["x-queue-type"] = "stream" });
        Queue expiring = _rig.Declare("q4", arguments: new FieldTable { ["x-message-ttl"] = 3_600_000 });
        _rig.PublishToAll([plain, levels, transient, stream, expiring], persistent: true, Bodies(0, 20));
        _rig.PublishToAll([plain, levels, transient, stream, expiring], persistent: false, Bodies(20, 5));
        AssertHolds(transient, 0, 25);

        _rig.Crash("q0");

        AssertHolds(_rig.Find("q0"), 0, 20);
        AssertHolds(_rig.Find("q1"), 0, 20);
        AssertHolds(_rig.Find("q4"), 0, 20);
        Assert.Equal(25, _rig.Find("q3").MessageCount);
        var target = new RecordingTarget();
        var reader = new TestConsumer(_rig.Find("q3"), target, int.MaxValue) { Start = StreamStart.First };
        Assert.Equal(ConsumerRefusal.None, reader.Queue.AddConsumer(reader));
        DispatchBatch dispatch = DispatchBatch.Begin();
        reader.Queue.Wake(reader, dispatch);
        dispatch.Flush();
        Assert.Equal(Bodies(0, 25), target.Expect(25).Select(delivery => delivery.Body));
    }

    [Fact]
    public void Return_ThenReject_DeadLettersTheWholeMessage()
    {
        Queue graves = _rig.Declare("graves");
        var arguments = new FieldTable { ["x-dead-letter-exchange"] = "", ["x-dead-letter-routing-key"] = "graves" };
        Queue[] queues = [_rig.Declare("q0", arguments: arguments), _rig.Declare("q1")];
        _rig.PublishToAll(queues, persistent: true, Bodies(0, 5));
        RecordedDelivery first = _rig.Get(queues[0])!;
        _rig.Return(queues[0], first.Offset);
        RecordedDelivery again = _rig.Get(queues[0])!;
        Assert.Equal((first.Offset, Body(0), true), (again.Offset, again.Body, again.Redelivered));

        _rig.Reject(queues[0], again.Offset);

        Assert.Equal(Body(0), _rig.Expect(graves, noAck: false).Body);
        _rig.Crash("q0");
        AssertHolds(_rig.Find("q0"), 1, 5);
        AssertHolds(_rig.Find("q1"), 0, 5);
        Assert.Equal(Body(0), _rig.Get(_rig.Find("graves"))?.Body);
    }

    [Fact]
    public void MaxLengthBytes_CountsTheWholeMessage()
    {
        Queue full = _rig.Declare("q0", arguments: new FieldTable { ["x-max-length-bytes"] = 3 * BodyBytes, ["x-overflow"] = "reject-publish" });
        Queue other = _rig.Declare("q1");
        Assert.True(_rig.PublishToAll([full, other], persistent: true, Bodies(0, 3)));
        Assert.False(_rig.PublishToAll([full, other], persistent: true, Body(3)));
        _rig.Crash("q0");
        AssertHolds(_rig.Find("q1"), 0, 4);
        Queue again = _rig.Find("q0");
        Assert.True(SpinWait.SpinUntil(() => !_rig.PublishToAll([again], persistent: true, "x"), RecordingTarget.Deadline)); // From when it has counted them.
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Unit_OverSeveralQueues_CountsWhole(bool isComplete)
    {
        Queue[] queues = DeclareAll(3);
        var publishing = new PublishBatch();
        NativeBlock block = Route(publishing, queues, headers: null, Body(7));
        QueueUnit unit = _rig.Broker.Durability.BeginUnit();
        DispatchBatch dispatch = DispatchBatch.Begin();
        unit.Publish(publishing, dispatch);
        dispatch.Flush();
        block.Release();
        if (isComplete)
        {
            _rig.Note(unit.Complete());
        }

        _rig.Publish(_rig.Declare("behind"), "later");
        _rig.Crash("q0");
        Assert.All(FindAll(3), queue => Assert.Equal(isComplete ? Body(7) : null, _rig.Get(queue)?.Body));
    }

    [Fact]
    public void Groups_OfSharedMessages_AreFound()
    {
        Queue grouped = _rig.Declare("q0", arguments: new FieldTable { ["x-message-groups"] = true });
        Queue other = _rig.Declare("q1");
        foreach (string word in (string[])["a1", "a2", "b1"])
        {
            var publishing = new PublishBatch();
            NativeBlock block = Route(publishing, [grouped, other], new FieldTable { ["x-group-id"] = word[..1] }, word.PadRight(BodyBytes, '.'));
            DispatchBatch dispatch = DispatchBatch.Begin();
            _rig.Note(publishing.Publish([], dispatch));
            dispatch.Flush();
            block.Release();
        }

        RecordedDelivery[] taken = [_rig.Get(grouped)!, _rig.Get(grouped)!];
        Assert.Equal(["a1", "b1"], taken.Select(delivery => delivery.Body[..2])); // The second of a is held back.
        Assert.Null(_rig.Get(grouped));
    }

    /// <summary>Adds a message to a batch, for all of some queues.</summary>
    /// <returns>What holds it.</returns>
    private static NativeBlock Route(PublishBatch batch, Queue[] queues, FieldTable? headers, string body)
    {
        byte[] properties = QueueRig.PropertiesOf(headers, expirationMs: null);
        byte[] bytes = [.. properties, .. Encoding.UTF8.GetBytes(body)];
        NativeBlock block = NativeBlock.Allocate(bytes.Length);
        bytes.CopyTo(block.Span);
        batch[batch.Add()] = new PublishItem
        {
            Block = block,
            Head = new MessageHead(MessageOrigin.Amqp091, MessageFlags.Persistent, 0, 0, 0),
            PropertiesBytes = properties.Length,
            BodyStart = properties.Length,
            BodyBytes = bytes.Length - properties.Length,
        };
        foreach (Queue queue in queues)
        {
            batch.Route(batch.Count - 1, queue);
        }

        return block;
    }

    private static string Body(int number, int bytes = BodyBytes)
    {
        string name = number.ToString(CultureInfo.InvariantCulture);
        return name + new string((char)('a' + (number % 26)), bytes - name.Length);
    }

    private static string[] Bodies(int start, int count) => [.. Enumerable.Range(start, count).Select(i => Body(i))];

    private Queue[] DeclareAll(int count) => [.. Enumerable.Range(0, count).Select(i => _rig.Declare($"q{i}"))];

    private Queue[] FindAll(int count) => [.. Enumerable.Range(0, count).Select(i => _rig.Find($"q{i}"))];

    private void AssertHolds(Queue queue, int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            Assert.Equal(Body(i), _rig.Get(queue, noAck: true)?.Body);
        }

        Assert.Null(_rig.Get(queue));
    }

    private long WrittenBytes()
    {
        _rig.WaitDurable();
        return _rig.Store.GetStatistics().JournalBytesWritten;
    }
}
