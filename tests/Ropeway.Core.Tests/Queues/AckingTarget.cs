using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
using Ropeway.Core.Queues;

namespace Ropeway.Core.Tests.Queues;

/// <summary>A connection with one consumer and a limit, which settles on a thread of its own, and returns some messages once.</summary>
internal sealed class AckingTarget : DeliveryTarget
{
    private readonly BlockingCollection<(long Offset, string Body, bool Redelivered)> _arrived = [];
    private readonly Queue _queue;
    private readonly Thread _thread;
    private readonly int[] _newest = [-1, -1, -1];
    private readonly int _prefetch;
    private int _heldCount;
    private int _settledCount;

    public AckingTarget(Queue queue, int prefetch)
    {
        _queue = queue;
        _prefetch = prefetch;
        Taker = new TakingConsumer(queue, this);
        _thread = new Thread(Run);
    }

    public override Lock Gate { get; } = new();

    public TakingConsumer Taker { get; }

    public List<(int Publisher, int Number)> Settled { get; } = [];

    public int SettledCount => Volatile.Read(ref _settledCount);

    public string? Fault { get; private set; }

    public void Start()
    {
        _thread.Start();
        Assert.Equal(ConsumerRefusal.None, _queue.AddConsumer(Taker));
        DispatchBatch dispatch = DispatchBatch.Begin();
        _queue.Wake(Taker, dispatch);
        dispatch.Flush();
    }

    public void Stop()
    {
        _arrived.CompleteAdding();
        Assert.True(_thread.Join(RecordingTarget.Deadline));
    }

    public override DeliveryOutcome Deliver(Consumer consumer, in QueuedMessage message)
    {
        if (_heldCount == _prefetch)
        {
            consumer.IsWaiting = true;
            return DeliveryOutcome.Refused;
        }

        _heldCount++;
        _arrived.Add((message.Offset, Encoding.ASCII.GetString(message.Content.Body), message.IsRedelivered));
        if (_heldCount < _prefetch)
        {
            return DeliveryOutcome.Delivered;
        }

        consumer.IsWaiting = true;
        return DeliveryOutcome.DeliveredLast;
    }

    public override void FlushDeliveries()
    {
    }

    public override void OnQueueGone(Consumer consumer) => Fault = "The queue is gone.";

    private void Run()
    {
        var resolving = new ResolveBatch();
        while (_arrived.TryTake(out (long Offset, string Body, bool Redelivered) delivery, Timeout.Infinite))
        {
            int count = 0;
            do
            {
                Resolve(resolving, delivery);
                count++;
            }
            while (count < 16 && _arrived.TryTake(out delivery));

            lock (Gate)
            {
                _heldCount -= count;
                if (Taker.IsWaiting)
                {
                    Taker.IsWaiting = false;
                    resolving.Wake(Taker);
                }
            }

            DispatchBatch dispatch = DispatchBatch.Begin();
            resolving.Resolve(dispatch);
            dispatch.Flush();
            Volatile.Write(ref _settledCount, Settled.Count);
        }
    }

    private void Resolve(ResolveBatch resolving, (long Offset, string Body, bool Redelivered) delivery)
    {
        int[] parts = [.. delivery.Body.Split(':').Select(part => int.Parse(part, CultureInfo.InvariantCulture))];
        if (!delivery.Redelivered)
        {
            if (_newest[parts[0]] >= parts[1])
            {
                Fault ??= $"{delivery.Body} came behind {_newest[parts[0]]}.";
            }

            _newest[parts[0]] = parts[1];
            if (parts[1] % 10 == 3)
            {
                resolving.Return(_queue, delivery.Offset, delivery.Offset + 1);
                return;
            }
        }
        else if (parts[1] % 10 != 3)
        {
            Fault ??= $"{delivery.Body} came a second time.";
        }

        Settled.Add((parts[0], parts[1]));
        resolving.Settle(_queue, delivery.Offset, delivery.Offset + 1);
    }

    /// <summary>The one consumer.</summary>
    internal sealed class TakingConsumer(Queue queue, AckingTarget target) : Consumer(queue, target, settlesOnDelivery: false, isExclusive: false);
}
