using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Queues;
using Ropeway.Core.Timing;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Queues;

public sealed class PriorityQueueTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(1_767_225_600));
    private readonly QueueRig _rig;

    public PriorityQueueTests() =>
        _rig = new QueueRig(new StoreOptions { Directory = string.Empty, JournalFileBytes = 4 << 20, JournalFiles = 3, TailBytesMax = 1 }, _time);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Deliver_HigherFirst_InOrderWithinALevel()
    {
        Queue queue = Declare(3);
        _rig.PublishPriorities(queue, "abacdzab"); // z is above the highest and counts as d.
        var target = new RecordingTarget();

        _rig.Consume(queue, target);

        RecordedDelivery[] deliveries = target.Expect(8);
        Assert.Equal("dzcbbaaa", string.Concat(deliveries.Select(delivery => delivery.Body)));
        Assert.Equal([4, 5, 3, 1, 7, 0, 2, 6], deliveries.Select(delivery => delivery.Offset));
        Assert.DoesNotContain(deliveries, delivery => delivery.Redelivered);
    }

    [Fact]
    public void Return_GoesBackToItsPlaceInItsLevel()
    {
        Queue queue = Declare(3);
        _rig.PublishPriorities(queue, "bbba");
        RecordedDelivery first = _rig.Get(queue)!;
        RecordedDelivery second = _rig.Get(queue)!;
        _rig.PublishPriorities(queue, "c");

        _rig.Return(queue, second.Offset, first.Offset);

        Assert.Equal([(4, false), (0, true), (1, true), (2, false), (3, false)], Enumerable.Range(0, 5).Select(_ => _rig.Get(queue)!).Select(got => ((int)got.Offset, got.Redelivered)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Restart_OrderIsRebuilt(bool isClean)
    {
        Queue queue = Declare(255);
        _rig.PublishPriorities(queue, string.Concat(Enumerable.Repeat("acbd", 500)));
        Assert.Equal("d", _rig.Get(queue, noAck: true)!.Body);
        _rig.Store.Checkpoint();
        _rig.PublishPriorities(queue, "e");

        queue = isClean ? _rig.Restart() : _rig.Crash();

        Assert.Equal(2_000, queue.MessageCount);
        string bodies = string.Concat(Enumerable.Range(0, 2_000).Select(_ => _rig.Get(queue, noAck: true)!.Body));
        Assert.Equal("e" + new string('d', 499) + new string('c', 500) + new string('b', 500) + new string('a', 500), bodies);
    }

    [Fact]
    public void DropHead_LengthReached_TheLowestGo()
    {
        Queue queue = _rig.Declare(arguments: new FieldTable { ["x-max-priority"] = 5, ["x-max-length"] = 3 });

        _rig.PublishPriorities(queue, "cabda");

        Assert.Equal("dcb", Drain(queue));
    }

    [Fact]
    public void DropHead_BytesReached_TheLowestGo()
    {
        Queue queue = _rig.Declare(arguments: new FieldTable { ["x-max-priority"] = 5, ["x-max-length-bytes"] = 3 });

        _rig.PublishPriorities(queue, "cabda");

        Assert.Equal("dcb", Drain(queue));
    }

    [Fact]
    public void Ttl_HighestLevelIsLookedAt()
    {
        Queue queue = Declare(3);
        _rig.PublishExpiring(queue, "low", 100);
        _rig.PublishPriorities(queue, "c");
        _time.Advance(TimeSpan.FromMilliseconds(1_000));
        Assert.Equal(2, queue.MessageCount); // As RabbitMQ: another is before it.

        Assert.Equal("c", _rig.Get(queue, noAck: true)!.Body);

        Assert.Equal(0, queue.MessageCount);
    }

    [Fact]
    public void Restart_ExpiringMessages_GoByThemselves()
    {
        Queue queue = Declare(3);
        _rig.PublishExpiring(queue, "low", 1_000);

        queue = _rig.Restart();
        _time.Advance(TimeSpan.FromMilliseconds(Deadlines.TickMs));
        Assert.True(SpinWait.SpinUntil(() => _rig.Broker.Deadlines.Count == 1, RecordingTarget.Deadline));
        _time.Advance(TimeSpan.FromMilliseconds(1_000 + Deadlines.TickMs));

        Assert.True(SpinWait.SpinUntil(() => queue.MessageCount == 0, RecordingTarget.Deadline));
    }

    [Fact]
    public void Purge_AllLevels_AreEmpty()
    {
        Queue queue = Declare(3);
        _rig.PublishPriorities(queue, "abcd");
        _rig.Get(queue);

        Assert.Equal(3, _rig.Purge(queue));

        Assert.Equal(0, queue.MessageCount);
        Assert.Null(_rig.Get(queue));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Queue_AtRandom_DeliversInOrderOfThePriorities(int seed)
    {
        var random = new SeededNumbers(seed);
        Queue queue = Declare(4);
        var ready = new SortedSet<(int Level, long Offset)>();
        var held = new SortedSet<(int Level, long Offset)>();
        for (int step = 0; step < 400; step++)
        {
            switch (random.Next(6))
            {
                case 0 or 1:
                    string letters = string.Concat(Enumerable.Range(0, 1 + random.Next(5)).Select(_ => (char)('a' + random.Next(7))));
                    long first = queue.Log.EndOffset;
                    _rig.PublishPriorities(queue, letters);
                    ready.UnionWith(letters.Select((letter, i) => (-Math.Min(letter - 'a', 4), first + i)));
                    break;
                case 2 or 3:
                    RecordedDelivery? got = _rig.Get(queue);
                    Assert.Equal(ready.Count == 0 ? null : ready.Min.Offset, got?.Offset);
                    if (got is not null)
                    {
                        held.Add(ready.Min);
                        ready.Remove(ready.Min);
                    }

                    break;
                case 4 when held.Count > 0:
                    (int Level, long Offset) chosen = held.ElementAt(random.Next(held.Count));
                    held.Remove(chosen);
                    if (random.Next(2) == 0)
                    {
                        _rig.Return(queue, chosen.Offset);
                        ready.Add(chosen);
                    }
                    else
                    {
                        _rig.Ack(queue, chosen.Offset);
                    }

                    break;
                case 5 when random.Next(20) == 0:
                    queue = random.Next(2) == 0 ? _rig.Restart() : _rig.Crash();
                    ready.UnionWith(held);
                    held.Clear();
                    break;
            }

            Assert.Equal(ready.Count, queue.MessageCount);
        }
    }

    private Queue Declare(int max) => _rig.Declare(arguments: new FieldTable { ["x-max-priority"] = max });

    private string Drain(Queue queue) => string.Concat(Enumerable.Range(0, (int)queue.MessageCount).Select(_ => _rig.Get(queue, noAck: true)!.Body));
}
