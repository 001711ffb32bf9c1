using Ropeway.Core.Queues;
using Ropeway.Management.Live;
using Ropeway.Storage;

namespace Ropeway.Management.Tests;

/// <summary>A consumer that takes messages up to its prefetch and holds them until it is told what to do with them.</summary>
internal sealed class HoldingConsumer(Queue queue, int prefetch) : Consumer(queue, new HoldingTarget(prefetch), settlesOnDelivery: false, isExclusive: false)
{
    private HoldingTarget Held => (HoldingTarget)Target;

    /// <summary>Begins to take messages.</summary>
    public void Begin()
    {
        Assert.Equal(ConsumerRefusal.None, Queue.AddConsumer(this));
        Wake();
    }

    /// <summary>Done when it holds so many messages: what was there before it came is delivered when the store has noted it.</summary>
    public async Task HoldsAsync(int count)
    {
        while (true)
        {
            Task next = Held.Taken.Next;
            if (Held.Count >= count)
            {
                return;
            }

            await next.WaitAsync(Deadline.Value);
        }
    }

    /// <summary>Acknowledges the oldest messages that it holds.</summary>
    public void Settle(int count) => Resolve(count, range => Queue.Resolve(new ResolvedRanges { Settled = [range] }, [], DispatchBatch.Begin()));

    /// <summary>Rejects the oldest messages that it holds.</summary>
    public void Reject(int count) => Resolve(count, range => Queue.Resolve(new ResolvedRanges { Rejected = [range] }, [], DispatchBatch.Begin()));

    /// <summary>Gives the oldest messages back that it holds, and gets them again.</summary>
    public void Return(int count) => Resolve(count, range => Queue.Resolve(new ResolvedRanges { Returned = [range] }, [], DispatchBatch.Begin()));

    private void Resolve(int count, Action<OffsetRange> resolve)
    {
        for (int i = 0; i < count; i++)
        {
            long offset = Held.Take();
            resolve(new OffsetRange(offset, offset + 1));
        }

        Wake();
    }

    private void Wake()
    {
        DispatchBatch dispatch = DispatchBatch.Begin();
        Queue.Wake(this, dispatch);
        dispatch.Flush();
    }

    private sealed class HoldingTarget(int prefetch) : DeliveryTarget
    {
        private readonly Queue<long> _offsets = new();

        public override Lock Gate { get; } = new();

        public Pulse Taken { get; } = new();

        public int Count
        {
            get
            {
                lock (Gate)
                {
                    return _offsets.Count;
                }
            }
        }

        public long Take()
        {
            lock (Gate)
            {
                return _offsets.Dequeue();
            }
        }

        public override DeliveryOutcome Deliver(Consumer consumer, in QueuedMessage message)
        {
            if (_offsets.Count >= prefetch)
            {
                return DeliveryOutcome.Refused;
            }

            _offsets.Enqueue(message.Offset);
            Taken.Beat();
            return DeliveryOutcome.Delivered;
        }

        public override void FlushDeliveries()
        {
        }

        public override void OnQueueGone(Consumer consumer)
        {
        }
    }
}
