using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Delays;
using Ropeway.Core.Queues;
using Ropeway.Core.Streams;
using Ropeway.Core.Tests.Delays;
using Ropeway.Core.Timing;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Queues;

/// <summary>What the broker does not expect, here a record that is no message, takes one queue out of service, and neither another nor the process.</summary>
public sealed class QueueFaultTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddDays(20_000));
    private readonly RecordingLog _log = new();
    private readonly RecordingTarget _target = new();
    private readonly QueueRig _rig;
    private readonly Queue _sound;

    public QueueFaultTests()
    {
        _rig = new QueueRig(time: _time, logger: _log);
        _sound = _rig.Declare("sound");
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Deliver_RecordThatIsNoMessage_TakesTheQueueOutOfServiceAndTellsEverybody()
    {
        Queue queue = _rig.Declare();
        Poison(queue.Log);
        TestConsumer consumer = _rig.Consume(queue, _target); // Waits for the delivery horizon: delivered to on a pool thread.

        ExpectRest(queue);
        SpinWait.SpinUntil(() => _target.Gone.Length > 0, RecordingTarget.Deadline);
        Assert.Same(consumer, Assert.Single(_target.Gone));
        Assert.False(_rig.Publish(queue, ("refused", true)));
        Assert.Equal(ConsumerRefusal.OutOfService, queue.AddConsumer(new TestConsumer(queue, _target, credit: 1)));
        Assert.Equal(GetOutcome.OutOfService, queue.TryGet(new RecordingReceiver(), settlesOnDelivery: true, out _));
        Assert.Contains("is no message", queue.OutOfService, StringComparison.Ordinal);
        (string text, Exception? fault) = Assert.Single(_log.Errors);
        Assert.Equal("Queue 'q' in virtual host '/' has failed and is out of service until the next start; all others go on.", text);
        Assert.IsType<UnreachableException>(fault);
        ExpectSound();
    }

    [Fact]
    public void Deliver_WhileAnotherPublishes_IsTheQueuesFaultAndNotThePublishers()
    {
        Queue queue = _rig.Declare(durable: false);
        _rig.Consume(queue, _target);
        Poison(queue.Log);

        _rig.Publish(queue, "a");

        ExpectRest(queue);
        ExpectSound();
    }

    [Fact]
    public void Get_RecordThatIsNoMessage_SaysThatTheQueueIsOutOfService()
    {
        Queue queue = _rig.Declare(durable: false);
        Poison(queue.Log);

        Assert.Equal(GetOutcome.OutOfService, queue.TryGet(new RecordingReceiver(), settlesOnDelivery: false, out _));
        ExpectRest(queue);
        ExpectSound();
    }

    [Fact]
    public void DeadLetters_RecordThatIsNoMessage_RestsTheQueueThatGivesItAway()
    {
        _rig.Declare("dead");
        Queue queue = _rig.Declare(arguments: new FieldTable { ["x-dead-letter-exchange"] = "", ["x-dead-letter-routing-key"] = "dead", ["x-max-length"] = 1 });
        Poison(queue.Log);

        _rig.Publish(queue, "a"); // The one in front of it is dropped, and leaves unread.

        ExpectRest(queue);
        Assert.Null(_rig.Get(_rig.Find("dead")));
        ExpectSound();
    }

    [Fact]
    public void DeadLetters_IntoAQueueThatFails_StayTheirQueuesBusiness()
    {
        Queue dead = _rig.Declare("dead", durable: false);
        _rig.Consume(dead, _target);
        Poison(dead.Log);
        Queue queue = _rig.Declare(arguments: new FieldTable { ["x-dead-letter-exchange"] = "", ["x-dead-letter-routing-key"] = "dead" });
        _rig.Publish(queue, "a");
        _rig.Reject(queue, _rig.Expect(queue, noAck: false).Offset);

        ExpectRest(dead);
        Assert.Null(queue.OutOfService);
        ExpectSound();
    }

    [Fact]
    public void Expiry_RecordThatIsNoMessage_RestsTheQueueAndDropsNothing()
    {
        Queue queue = _rig.Declare(arguments: new FieldTable { ["x-message-ttl"] = 1_000 });
        Poison(queue.Log);
        _rig.Publish(queue, "a");
        _time.Advance(TimeSpan.FromMilliseconds(1_000 + Deadlines.TickMs)); // The deadlines' timer finds it.

        ExpectRest(queue);
        _time.Advance(TimeSpan.FromMilliseconds(10_000));
        Assert.Equal(2, queue.MessageCount);
        ExpectSound();
    }

    [Fact]
    public void Stream_RecordThatIsNoMessage_RestsTheStream()
    {
        Queue stream = _rig.Declare("s", arguments: new FieldTable { ["x-queue-type"] = "stream" });
        Poison(stream.Log);
        _rig.Publish(stream, "a");
        TestConsumer reader = Read(stream, from: 1);
        Assert.Equal("a", Assert.Single(_target.Expect(1)).Body);

        TestConsumer second = Read(stream, from: 0);

        ExpectRest(stream);
        Assert.True(SpinWait.SpinUntil(() => _target.Gone.Length == 2, RecordingTarget.Deadline));
        Assert.Equal([reader, second], _target.Gone);
        Assert.False(_rig.Publish(stream, ("refused", true)));
        ExpectSound();
    }

    [Fact]
    public void Restart_AfterAFaultThatIsGone_ServesTheQueueAgain()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a");
        queue.OnFault(new InvalidOperationException("Something else."));
        ExpectRest(queue);

        queue = _rig.Restart();

        Assert.Null(queue.OutOfService);
        Assert.Equal("a", _rig.Get(queue)?.Body);
    }

    [Fact]
    public void Settle_InAQueueThatRests_Counts()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a", "b");
        long offset = _rig.Expect(queue, noAck: false).Offset;
        queue.OnFault(new InvalidOperationException("Something else."));

        _rig.Ack(queue, offset);

        queue = _rig.Crash();
        Assert.Equal("b", _rig.Get(queue)?.Body);
        Assert.Equal(0, queue.MessageCount);
    }

    [Fact]
    public void Rewind_QueueThatRests_IsRefused()
    {
        var queue = (SharedQueue)_rig.Declare(arguments: new FieldTable { ["x-ack-retention"] = 60_000 });
        _rig.Publish(queue, "a");
        _rig.Ack(queue, _rig.Expect(queue, noAck: false).Offset);
        queue.OnFault(new InvalidOperationException("Something else."));

        Assert.Equal(RewindStatus.OutOfService, queue.Rewind(RewindStart.FromSequence(0)).Status);
        Assert.Equal(0, queue.MessageCount);
    }

    [Fact]
    public void Expires_QueueThatRests_Stays()
    {
        Queue queue = _rig.Declare(arguments: new FieldTable { ["x-expires"] = 1_000 });
        queue.OnFault(new InvalidOperationException("Something else."));
        ExpectRest(queue);

        _time.Advance(TimeSpan.FromMilliseconds(5_000)); // Nobody could use it.

        Assert.True(_rig.Host.TryGetQueue("q", out _));
        Assert.True(_rig.Broker.Deadlines.Count > 0);
    }

    [Fact]
    public void DelayLog_RecordThatIsNoMessage_PassesOnNothingMore()
    {
        using var rig = new DelayRig(logger: _log);
        rig.Send(("a", 2_000));
        Assert.True(rig.Store.TryGetLog(rig.Delays.LogId, out StoredLog? log));
        byte[] record = new byte[DelayRecord.GetByteCount("") + 1];
        DelayRecord.Write(record, "", rig.NowMs + 1_000)[0] = 0xFF;
        Poison(log, record);
        rig.Restart();
        rig.AdvanceBeyond(3_000);

        Assert.True(SpinWait.SpinUntil(() => !_log.Errors.IsEmpty, RecordingTarget.Deadline));
        Assert.Equal("Delayed messages of virtual host '/' have failed: until the next start none is passed on and no new one is taken; all else goes on.", Assert.Single(_log.Errors).Text);
        Assert.Equal(0, rig.Queue.MessageCount);
        Assert.Equal(2, rig.Delays.Count);
        rig.SendNow("b");
        Assert.Equal(["b"], rig.Take(1));
        rig.Send(("refused", 1));
        Assert.Equal(2, rig.Delays.Count);
    }

    private static void Poison(StoredLog log, params byte[] record)
    {
        byte[] bytes = record.Length > 0 ? record : [0xFF, 0xFF, 0xFF];
        lock (log.Gate)
        {
            AppendSpace space = log.BeginAppend(1, bytes.Length, persistent: true, tag: 0);
            bytes.CopyTo(space.Add(bytes.Length));
            space.Complete();
        }
    }

    private TestConsumer Read(Queue stream, long from)
    {
        var reader = new TestConsumer(stream, _target, credit: 10) { Start = new StreamStart(StreamStartKind.Offset, from) };
        Assert.Equal(ConsumerRefusal.None, stream.AddConsumer(reader));
        DispatchBatch dispatch = DispatchBatch.Begin();
        stream.Wake(reader, dispatch);
        dispatch.Flush();
        return reader;
    }

    private void ExpectRest(Queue queue)
    {
        Assert.True(SpinWait.SpinUntil(() => queue.OutOfService is not null && !_log.Errors.IsEmpty, RecordingTarget.Deadline));
        Assert.Single(_log.Errors);
    }

    private void ExpectSound()
    {
        Assert.Null(_sound.OutOfService);
        Assert.True(_rig.Publish(_sound, ("fine", true)));
        Assert.Equal("fine", _rig.Expect(_sound).Body);
    }
}
