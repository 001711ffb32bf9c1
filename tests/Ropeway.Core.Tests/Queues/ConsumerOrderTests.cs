using Ropeway.Core.Queues;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Queues;

public sealed class ConsumerOrderTests : IDisposable
{
    private readonly QueueRig _rig = new();
    private readonly RecordingTarget _target = new();

    private string Takers => string.Concat(_target.Deliveries.Select(delivery => delivery.Consumer!.Name));

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Priority_HigherHasCredit_GetsAll()
    {
        Queue queue = _rig.Declare();
        _rig.Consume(queue, _target, name: "a");
        _rig.Consume(queue, _target, name: "B", priority: 5, credit: 3);
        _rig.Consume(queue, _target, name: "C", priority: 5, credit: 2);
        _rig.Consume(queue, _target, name: "z", priority: -1);

        _rig.Publish(queue, [.. Enumerable.Repeat("x", 8)]);

        _target.Expect(8);
        Assert.Equal("BCBCBaaa", Takers);
    }

    [Fact]
    public void Priority_HigherGetsCreditAgain_GoesFirst()
    {
        Queue queue = _rig.Declare();
        _rig.Consume(queue, _target, name: "a", credit: 100);
        TestConsumer higher = _rig.Consume(queue, _target, name: "B", priority: 1, credit: 1);
        _rig.Publish(queue, "1", "2");
        _target.Expect(2);

        _rig.Grant(2, higher);
        _rig.Publish(queue, "3", "4", "5");

        _target.Expect(5);
        Assert.Equal("BaBBa", Takers);
    }

    [Fact]
    public void SingleActive_FirstGoes_TheNextTakesOver()
    {
        Queue queue = DeclareSingle();
        TestConsumer a = _rig.Consume(queue, _target, name: "a");
        TestConsumer b = _rig.Consume(queue, _target, name: "b");
        _rig.Consume(queue, _target, name: "c");
        _rig.Publish(queue, "1", "2", "3");
        _target.Expect(3);
        Assert.Equal("aaa", Takers);

        queue.RemoveConsumer(b);
        _rig.Publish(queue, "4");
        queue.RemoveConsumer(a);
        _rig.Publish(queue, "5");

        _target.Expect(5);
        Assert.Equal("aaaac", Takers);
    }

    [Fact]
    public void SingleActive_HasNoCredit_OthersWait()
    {
        Queue queue = DeclareSingle();
        TestConsumer a = _rig.Consume(queue, _target, name: "a", credit: 1);
        _rig.Consume(queue, _target, name: "b");
        _rig.Publish(queue, "1", "2");
        _target.Expect(1);
        Assert.Equal(1, queue.MessageCount);

        queue.RemoveConsumer(a);

        _target.Expect(2);
        Assert.Equal("ab", Takers);
    }

    [Fact]
    public void SingleActive_Priorities_TheHighestIsNext()
    {
        Queue queue = DeclareSingle();
        TestConsumer a = _rig.Consume(queue, _target, name: "a");
        _rig.Consume(queue, _target, name: "b");
        _rig.Consume(queue, _target, name: "C", priority: 3);
        _rig.Consume(queue, _target, name: "D", priority: 3);

        queue.RemoveConsumer(a);
        _rig.Publish(queue, "1", "2");

        _target.Expect(2);
        Assert.Equal("CC", Takers);
    }

    [Fact]
    public void SingleActive_ExclusiveConsumer_IsRefused()
    {
        Queue queue = DeclareSingle();

        Assert.Equal(ConsumerRefusal.Exclusive, queue.AddConsumer(new TestConsumer(queue, _target, credit: 1, exclusive: true)));
        Assert.Equal(0, queue.ConsumerCount);
    }

    private Queue DeclareSingle() => _rig.Declare(arguments: new FieldTable { ["x-single-active-consumer"] = true });
}
