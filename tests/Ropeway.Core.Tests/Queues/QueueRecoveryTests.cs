using System.Globalization;
using System.Text;
using Ropeway.Core.Queues;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Queues;

public sealed class QueueRecoveryTests : IDisposable
{
    private readonly QueueRig _rig = new(new StoreOptions { Directory = string.Empty, JournalFileBytes = 4 << 20, JournalFiles = 2, TailBytesMax = 1 });
    private readonly RecordingTarget _target = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Crash_FlagsEveryDeliveredMessage()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, [.. Enumerable.Range(0, 300).Select(Name)]);
        _rig.Consume(queue, _target, credit: 150);
        _target.Expect(150);
        _rig.Ack(queue, [.. Enumerable.Range(0, 150).Where(i => i % 3 == 0).Select(i => (long)i)]);
        long end = queue.Log.EndOffset;
        queue = _rig.Crash();

        var after = new RecordingTarget();
        _rig.Consume(queue, after);
        RecordedDelivery[] again = after.Expect(250);
        Assert.Equal(Enumerable.Range(0, 300).Where(i => i >= 150 || i % 3 != 0).Select(Name), again.Select(delivery => delivery.Body));
        Assert.All(again.Where(delivery => delivery.Offset < 150), delivery => Assert.True(delivery.Redelivered));
        _rig.Publish(queue, "new");
        RecordedDelivery added = after.Expect(251)[^1];
        Assert.True(added.Offset >= end);
        Assert.False(added.Redelivered);
    }

    [Fact]
    public void Crash_NeverDelivered_FlagsNone()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, [.. Enumerable.Range(0, 100).Select(Name)]);
        queue = _rig.Crash();
        _rig.Consume(queue, _target);

        Assert.All(_target.Expect(100), delivery => Assert.False(delivery.Redelivered));
    }

    [Fact]
    public void Crash_AfterTransientDeliveries_NeverGivesTheirOffsetsAgain()
    {
        Queue queue = _rig.Declare();
        _rig.Consume(queue, _target);
        _rig.Publish(queue, [.. Enumerable.Range(0, 500).Select(i => (Name(i), false))]);
        long last = _target.Expect(500)[^1].Offset;
        queue = _rig.Crash();
        var after = new RecordingTarget();
        _rig.Consume(queue, after);
        _rig.Publish(queue, "new");

        RecordedDelivery added = Assert.Single(after.Expect(1));
        Assert.True(added.Offset > last);
        Assert.False(added.Redelivered);
    }

    [Fact]
    public void CleanStop_FlagsOnlyWhatWasDelivered()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, [.. Enumerable.Range(0, 100).Select(Name)]);
        _rig.Consume(queue, _target, credit: 10);
        _target.Expect(10);
        queue = _rig.Restart();
        var after = new RecordingTarget();
        _rig.Consume(queue, after);

        Assert.All(after.Expect(100), delivery => Assert.Equal(delivery.Offset < 10, delivery.Redelivered));
    }

    [Fact]
    public void CleanStopAfterACrash_KeepsTheFlags()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, [.. Enumerable.Range(0, 40).Select(Name)]);
        _rig.Consume(queue, _target, credit: 40);
        _target.Expect(40);
        queue = _rig.Crash();
        Assert.Equal("0", _rig.Get(queue)?.Body);
        queue = _rig.Restart();
        var after = new RecordingTarget();
        _rig.Consume(queue, after);

        Assert.All(after.Expect(40), delivery => Assert.True(delivery.Redelivered));
    }

    [Fact]
    public void LastConsumerLeaves_TheNextOneWaitsUntilItsDeliveriesAreKnownToTheDisk()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, [.. Enumerable.Range(0, 40).Select(Name)]);
        TestConsumer first = _rig.Consume(queue, _target, credit: 10);
        _target.Expect(10);
        _rig.WaitDurable();
        var after = new RecordingTarget();
        using (_rig.HoldCommits())
        {
            queue.RemoveConsumer(first); // Lowers the horizon to 10.
            _rig.Consume(queue, after);
            Assert.Empty(after.Deliveries);
        }

        after.Expect(30);
    }

    [Fact]
    public void CrashAfterTheLastConsumerLeft_FlagsOnlyWhatWasDelivered()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, [.. Enumerable.Range(0, 40).Select(Name)]);
        TestConsumer consumer = _rig.Consume(queue, _target, credit: 10);
        _target.Expect(10);
        queue.RemoveConsumer(consumer);
        _rig.Publish(queue, "last"); // Durable behind the horizon.
        queue = _rig.Crash();
        var after = new RecordingTarget();
        _rig.Consume(queue, after);

        Assert.All(after.Expect(41), delivery => Assert.Equal(delivery.Offset < 10, delivery.Redelivered));
    }

    [Fact]
    public void MixedTransientAndPersistent_KeepOneOrder()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, [.. Enumerable.Range(0, 60).Select(i => (Name(i), i % 3 == 0 || i % 7 == 0))]);
        _rig.Consume(queue, _target, credit: 60);
        _target.Expect(60);
        Assert.Equal(string.Join(' ', Enumerable.Range(0, 60).Select(Name)), _target.Bodies);
        queue = _rig.Restart();
        var after = new RecordingTarget();
        _rig.Consume(queue, after);

        after.Expect(Enumerable.Range(0, 60).Count(i => i % 3 == 0 || i % 7 == 0));
        Assert.Equal(string.Join(' ', Enumerable.Range(0, 60).Where(i => i % 3 == 0 || i % 7 == 0).Select(Name)), after.Bodies);
    }

    [Fact]
    public void Backlog_BeyondTheTailMemory_ComesFromDiskInOrderAndIntact()
    {
        Queue queue = _rig.Declare();
        for (int i = 0; i < 40; i++)
        {
            _rig.Publish(queue, [.. Enumerable.Range(i * 100, 100).Select(Long)]);
        }

        _rig.WaitDurable();
        _rig.Store.Checkpoint();
        var receiver = new RecordingReceiver();
        Assert.Equal(Long(0), receiver.Get(queue, settlesOnDelivery: true, out _)?.Body);
        Assert.NotEqual(0, receiver.LaterCount);
        TestConsumer first = _rig.Consume(queue, _target, credit: 1000);
        TestConsumer second = _rig.Consume(queue, _target, credit: 1000);
        _target.Expect(2000);
        _rig.Return(queue, 5, 17, 1999); // Read past already: cold again.
        _rig.Grant(2000, first, second);

        RecordedDelivery[] deliveries = _target.Expect(4002);
        long[] expected = [.. Enumerable.Range(1, 2000).Select(i => (long)i), 5, 17, 1999, .. Enumerable.Range(2001, 1999).Select(i => (long)i)];
        Assert.Equal(expected, deliveries.Select(delivery => delivery.Offset));
        Assert.All(deliveries, delivery => Assert.Equal(Long((int)delivery.Offset), delivery.Body));
        Assert.NotEqual(0, _rig.Store.GetStatistics().ColdReadCount);
        receiver.Dispose();
    }

    [Fact]
    public async Task ExternalBodies_BetweenOthers_ComeInOrderAndOutliveACrash()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a");
        await _rig.PublishExternalAsync(queue, new string('b', 50_000));
        await _rig.PublishExternalAsync(queue, new string('c', 10));
        _rig.Publish(queue, "d");
        queue = _rig.Crash();
        TestConsumer consumer = _rig.Consume(queue, _target);
        _target.Expect(4);
        _rig.Return(queue, 1);
        _rig.Grant(1, consumer);

        Assert.Equal(["a", new string('b', 50_000), new string('c', 10), "d", new string('b', 50_000)], _target.Expect(5).Select(delivery => delivery.Body));
    }

    [Fact]
    public void DamagedMessage_TakesItsQueueOutOfServiceAndNoOther()
    {
        Queue queue = _rig.Declare();
        Queue sound = _rig.Declare("sound");
        _rig.Publish(queue, "the message that gets damaged");
        _rig.Publish(sound, "another");
        queue = _rig.Restart();
        sound = _rig.Declare("sound");
        Damage("the message that gets damaged");
        _rig.Consume(queue, _target);

        Assert.True(SpinWait.SpinUntil(() => queue.Log.Quarantine is not null, RecordingTarget.Deadline));
        Assert.Equal(ConsumerRefusal.OutOfService, queue.AddConsumer(new TestConsumer(queue, _target, credit: 1)));
        Assert.False(_rig.Publish(queue, ("refused", true)));
        Assert.Equal(GetOutcome.OutOfService, queue.TryGet(new RecordingReceiver(), settlesOnDelivery: true, out _));
        Assert.Empty(_target.Deliveries);
        Assert.Equal("another", _rig.Get(sound)?.Body);
    }

    [Theory]
    [InlineData("x-max-length")]
    [InlineData("x-message-ttl")]
    public void DamagedMessage_QueueOverALimit_DropsNothing(string limit)
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "first", "the message that gets damaged", "last");
        queue = _rig.Restart();
        Damage("the message that gets damaged");
        _rig.Consume(queue, _target);
        Assert.True(SpinWait.SpinUntil(() => queue.OutOfService is not null, RecordingTarget.Deadline));
        long count = queue.MessageCount;

        queue.Apply(EffectiveArguments.From(queue.Settings with { Arguments = new FieldTable { [limit] = 1 } })); // As a policy would.
        queue.Run();
        _rig.WaitDurable();

        Assert.True(count >= 2);
        Assert.Equal(count, queue.MessageCount);
    }

    [Fact]
    public void StoreThatRefuses_WhileMessagesAreBeingRead_DoesNotTakeTheProcessWithIt()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, [.. Enumerable.Range(0, 10).Select(Name)]);
        queue = _rig.Restart();
        _rig.Store.ShardLog.Seal(uint.MaxValue); // As when another node has taken over.
        var consumer = new TestConsumer(queue, _target, credit: 1);
        queue.AddConsumer(consumer);
        DispatchBatch dispatch = DispatchBatch.Begin();
        Assert.Throws<StoreException>(() => queue.Wake(consumer, dispatch));
        dispatch.Flush();
    }

    private static string Name(int i) => i.ToString(CultureInfo.InvariantCulture);

    private static string Long(int i) => Name(i) + new string((char)('a' + (i % 26)), 2_500);

    /// <summary>Flips a bit of these bytes wherever they lie on the disk.</summary>
    private void Damage(string text)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(text);
        bool found = false;
        foreach (string path in Directory.EnumerateFiles(_rig.DataDirectory, "*", SearchOption.AllDirectories).Where(path => Path.GetFileName(path) != "lock" && Path.GetExtension(path) != ".new"))
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
            byte[] content = new byte[file.Length];
            file.ReadExactly(content);
            int at = content.AsSpan().IndexOf(wanted);
            if (at >= 0)
            {
                found = true;
                file.Position = at;
                file.WriteByte((byte)(content[at] ^ 1));
            }
        }

        Assert.True(found);
    }
}
