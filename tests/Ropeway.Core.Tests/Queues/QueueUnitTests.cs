using Ropeway.Buffers;
using Ropeway.Core.Queues;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Queues;

public sealed class QueueUnitTests : IDisposable
{
    private readonly QueueRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Complete_ThenCrash_AllOfItCounts()
    {
        _rig.Note(FillUnit().Complete());
        _rig.Crash();

        Assert.Equal(("new", null), (Text(_rig.Find("r")), Text(_rig.Find("q"))));
    }

    [Fact]
    public void Crash_BeforeComplete_NothingOfItCounts()
    {
        FillUnit(); // The process dies with it: nobody ends it.
        _rig.Publish(_rig.Declare("behind"), "later"); // Durable behind what the unit has journalled.
        _rig.Crash();

        Assert.Equal((null, "old"), (Text(_rig.Find("r")), Text(_rig.Find("q"))));
        Assert.Equal("later", Text(_rig.Find("behind")));
    }

    [Fact]
    public void Resolve_DeadLetterExchangeGoesMeanwhile_CountsStayRight()
    {
        Queue queue = _rig.Declare();
        queue.Apply(EffectiveArguments.None with { DeadLetterExchange = "", DeadLetterRoutingKey = "nowhere" });
        _rig.Publish(queue, "old", "next");
        long offset = _rig.Get(queue)!.Offset;
        var resolving = new ResolveBatch();
        resolving.Reject(queue, offset, offset + 1);
        queue.Apply(EffectiveArguments.None with { MaxLength = 1 });
        using QueueUnit unit = _rig.Broker.Durability.BeginUnit();
        DispatchBatch dispatch = DispatchBatch.Begin();

        unit.Resolve(resolving, dispatch);
        dispatch.Flush();

        Assert.Equal(1, queue.MessageCount);
        unit.Complete();
        Assert.Equal("next", Text(queue));
    }

    [Fact]
    public void Crash_ConsumedBeforeTheEnd_StaysConsumed()
    {
        QueueUnit unit = FillUnit();
        Assert.Equal("new", _rig.Get(_rig.Find("r"), noAck: true)?.Body);
        _rig.Note(unit.Complete());
        _rig.Crash();

        Assert.Equal((null, null), (Text(_rig.Find("r")), Text(_rig.Find("q"))));
    }

    [Fact]
    public async Task Complete_WhileTheQueueIsLookedAt_CountsStayRight()
    {
        Queue queue = _rig.Declare();
        using var done = new CancellationTokenSource();
        Task<long> lowest = Task.Run(() =>
        {
            long least = 0;
            while (!done.IsCancellationRequested)
            {
                least = Math.Min(least, queue.MessageCount);
            }

            return least;
        });
        for (int round = 0; round < 2_000; round++)
        {
            _rig.Publish(queue, "x");
            long offset = _rig.Get(queue)!.Offset;
            using QueueUnit unit = _rig.Broker.Durability.BeginUnit();
            var resolving = new ResolveBatch();
            resolving.Settle(queue, offset, offset + 1);
            DispatchBatch dispatch = DispatchBatch.Begin();
            unit.Resolve(resolving, dispatch);
            dispatch.Flush();
            unit.Complete();
        }

        await done.CancelAsync();
        Assert.Equal(0, await lowest);
    }

    /// <summary>A unit that settles "old" in q and publishes "new" to r.</summary>
    private QueueUnit FillUnit()
    {
        Queue q = _rig.Declare("q");
        Queue r = _rig.Declare("r");
        _rig.Publish(q, "old");
        long offset = _rig.Get(q)!.Offset;
        QueueUnit unit = _rig.Broker.Durability.BeginUnit();
        DispatchBatch dispatch = DispatchBatch.Begin();
        NativeBlock block = NativeBlock.Allocate(3);
        "new"u8.CopyTo(block.Span);
        var publishing = new PublishBatch();
        publishing[publishing.Add()] = new PublishItem
        {
            Block = block,
            Head = new MessageHead(MessageOrigin.Amqp091, MessageFlags.Persistent, 0, 0, 0),
            BodyBytes = 3,
        };
        publishing.Route(0, r);
        unit.Publish(publishing, dispatch);
        var resolving = new ResolveBatch();
        resolving.Settle(q, offset, offset + 1);
        unit.Resolve(resolving, dispatch);
        dispatch.Flush();
        block.Release();
        return unit;
    }

    private string? Text(Queue queue) => _rig.Get(queue)?.Body;
}
