using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Queues;
using Ropeway.Core.Timing;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Queues;

public sealed class MessageExpiryTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly QueueRig _rig;

    public MessageExpiryTests() => _rig = new QueueRig(time: _time);

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Ttl_NobodyTakesTheMessage_ItGoesByItself(bool durable)
    {
        Queue queue = Declare(ttlMs: 1_000, durable);
        _rig.Publish(queue, "a", "b");

        Advance(999);
        Assert.Equal(2, queue.MessageCount);

        Advance(1 + Deadlines.TickMs);
        Expect(queue, 0);
        Assert.Null(_rig.Get(queue));
    }

    [Fact]
    public void Expiration_OfOneMessage_CountsAtTheHeadOnly()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "first");
        _rig.PublishExpiring(queue, "short", 100);

        Advance(10_000);
        Assert.Equal(2, queue.MessageCount); // As RabbitMQ: it is not at the head.

        Assert.Equal("first", _rig.Get(queue, noAck: true)!.Body);
        Expect(queue, 0);
    }

    [Fact]
    public void Get_ExpiredBehindTheHead_IsSkipped()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a");
        _rig.PublishExpiring(queue, "short", 100);
        _rig.Publish(queue, "b");
        Advance(10_000);

        Assert.Equal("a", _rig.Get(queue)!.Body);
        Assert.Equal("b", _rig.Get(queue)!.Body);
    }

    [Theory]
    [InlineData(500, 2_000, 500)]
    [InlineData(2_000, 500, 500)]
    public void TtlAndExpiration_BothGiven_TheShorterCounts(long ttlMs, long expirationMs, long expectedMs)
    {
        Queue queue = Declare(ttlMs);
        _rig.PublishExpiring(queue, "a", expirationMs);

        Advance(expectedMs - 1);
        Assert.Equal(1, queue.MessageCount);
        Advance(1 + Deadlines.TickMs);
        Expect(queue, 0);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TtlZero_ConsumerWaits_IsDelivered(bool durable)
    {
        Queue queue = Declare(ttlMs: 0, durable);
        var target = new RecordingTarget();
        _rig.Consume(queue, target, credit: 2);

        _rig.Publish(queue, "a", "b", "c");

        Assert.Equal(["a", "b"], target.Expect(2).Select(delivery => delivery.Body));
        Expect(queue, 0);
    }

    [Fact]
    public void TtlZero_DiskIsSlow_IsDeliveredWhenItMayBe()
    {
        Queue queue = Declare(ttlMs: 0);
        var target = new RecordingTarget();
        _rig.Consume(queue, target);
        using (_rig.HoldCommits())
        {
            _rig.Publish(queue, "a");
            Advance(1_000);
            Assert.Empty(target.Deliveries); // The delivery horizon is not durable yet.
        }

        Assert.Equal("a", target.Expect(1)[0].Body);
    }

    [Fact]
    public void TtlZero_NobodyWaits_IsDropped()
    {
        Queue queue = Declare(ttlMs: 0);

        _rig.Publish(queue, "a");

        Assert.Equal(0, queue.MessageCount);
        Assert.Equal(0, queue.Log.UnsettledCount);
    }

    [Fact]
    public void Deliver_ConsumerComesLate_GetsNothingExpired()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a");
        for (int i = 0; i < 1_000; i++)
        {
            _rig.PublishExpiring(queue, "short", 100);
        }

        _rig.Publish(queue, "b");
        Advance(10_000);
        var target = new RecordingTarget();

        _rig.Consume(queue, target);

        Assert.Equal(["a", "b"], target.Expect(2).Select(delivery => delivery.Body));
    }

    [Fact]
    public void Get_ThousandsHaveExpired_ComesToTheNext()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a");
        for (int i = 0; i < 1_000; i++)
        {
            _rig.PublishExpiring(queue, "short", 100);
        }

        _rig.Publish(queue, "b");
        Advance(10_000);

        Assert.Equal("a", _rig.Get(queue)!.Body);
        Assert.Equal("b", _rig.Get(queue)!.Body);
        Assert.Equal(0, queue.MessageCount);
    }

    [Fact]
    public void Return_AfterItsTime_IsNotDeliveredAgain()
    {
        Queue queue = Declare(ttlMs: 1_000);
        _rig.Publish(queue, "a");
        RecordedDelivery delivery = _rig.Get(queue)!;
        Advance(5_000);
        Assert.Equal(1, queue.UnackedCount); // Who holds it may take its time.

        _rig.Return(queue, delivery.Offset);

        Assert.Null(_rig.Get(queue));
        Assert.Equal(0, queue.Log.UnsettledCount);
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Expired_WhileTheBrokerWasDown_IsGone(bool isClean, bool byQueue)
    {
        Queue queue = byQueue ? Declare(ttlMs: 1_000) : _rig.Declare();
        _rig.Publish(_rig.Declare("other"), "stays");
        if (byQueue)
        {
            _rig.Publish(queue, "a", "b");
        }
        else
        {
            _rig.PublishExpiring(queue, "a", 1_000);
            _rig.PublishExpiring(queue, "b", 1_000);
        }

        _time.Advance(TimeSpan.FromMilliseconds(500));
        queue = isClean ? _rig.Restart() : _rig.Crash();
        Assert.Equal(2, queue.MessageCount);

        Advance(500 + Deadlines.TickMs);
        Expect(queue, 0); // Also where only messages say so, and nobody asks.
        Assert.Equal(1, _rig.Find("other").MessageCount);
    }

    [Fact]
    public void Expired_OnDiskOnly_Goes()
    {
        using var rig = new QueueRig(new StoreOptions { Directory = string.Empty, JournalFileBytes = 4 << 20, JournalFiles = 3, TailBytesMax = 1 }, _time);
        Queue queue = rig.Declare(arguments: new FieldTable { ["x-message-ttl"] = 60_000 });
        for (int i = 0; i < 20; i++)
        {
            rig.Publish(queue, [.. Enumerable.Repeat(new string('x', 1_000), 100)]);
            rig.Store.Checkpoint();
        }

        queue = rig.Restart();
        Assert.Equal(2_000, queue.MessageCount);
        Advance(60_000 + Deadlines.TickMs);

        Expect(queue, 0);
    }

    [Fact]
    public void Apply_TtlOfAPolicy_CountsForMessagesToCome()
    {
        Queue queue = _rig.Declare();
        queue.Apply(EffectiveArguments.None with { MessageTtlMs = 1_000 });
        _rig.Publish(queue, "a");
        queue.Apply(EffectiveArguments.None);
        _rig.Publish(queue, "b");

        Advance(2_000);

        Expect(queue, 1);
        Assert.Equal("b", _rig.Get(queue)!.Body);
    }

    [Fact]
    public void Delete_WithExpiringMessages_LeavesNoDeadline()
    {
        Queue queue = Declare(ttlMs: 1_000);
        _rig.Publish(queue, "a");
        Assert.Equal(1, _rig.Broker.Deadlines.Count);

        _rig.Delete(queue);

        Assert.Equal(0, _rig.Broker.Deadlines.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Queue_RandomLives_DropsWhatRabbitMqWould(int seed)
    {
        var random = new SeededNumbers(seed);
        Queue queue = _rig.Declare();
        var model = new List<(int Number, long ExpiresAtMs)>();
        for (int step = 0; step < 400; step++)
        {
            switch (random.Next(3))
            {
                case 0:
                    long expirationMs = random.Next(3) == 0 ? 100_000_000 : Deadlines.TickMs * (1 + random.Next(120));
                    _rig.PublishExpiring(queue, step.ToString(CultureInfo.InvariantCulture), expirationMs);
                    model.Add((step, _rig.Broker.Deadlines.NowMs + expirationMs));
                    break;
                case 1:
                    Advance(Deadlines.TickMs * (long)random.Next(16)); // Whole ticks: between two a message may stay.
                    break;
                default:
                    DropExpired(model);
                    string? expected = model.Count == 0 ? null : model[0].Number.ToString(CultureInfo.InvariantCulture);
                    Assert.Equal(expected, _rig.Get(queue, noAck: true)?.Body);
                    model.RemoveRange(0, Math.Min(1, model.Count));
                    break;
            }

            DropExpired(model);
            Expect(queue, model.Count);
        }
    }

    private void DropExpired(List<(int Number, long ExpiresAtMs)> model)
    {
        while (model.Count > 0 && model[0].ExpiresAtMs <= _rig.Broker.Deadlines.NowMs)
        {
            model.RemoveAt(0);
        }
    }

    private Queue Declare(long ttlMs, bool durable = true) => _rig.Declare(durable: durable, arguments: new FieldTable { ["x-message-ttl"] = ttlMs });

    private void Advance(long ms) => _time.Advance(TimeSpan.FromMilliseconds(ms));

    /// <summary>Waits, because what lies on disk is read first.</summary>
    private static void Expect(Queue queue, int count)
    {
        SpinWait.SpinUntil(() => queue.MessageCount <= count, RecordingTarget.Deadline);
        Assert.Equal(count, queue.MessageCount);
        Assert.Equal(count, queue.Log.UnsettledCount - queue.UnackedCount);
    }
}
