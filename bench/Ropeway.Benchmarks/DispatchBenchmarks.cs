using BenchmarkDotNet.Attributes;
using Ropeway.Core.Queues;
using Ropeway.Messages;

namespace Ropeway.Benchmarks;

/// <summary>The way of a message through the core, between two connections: publish to a queue, deliver, settle. The unit is a message.</summary>
[MemoryDiagnoser]
public class DispatchBenchmarks : IDisposable
{
    private const int MessageCount = 100;

    private readonly PublishBatch _publishing = new();
    private readonly ResolveBatch _resolving = new();
    private ScratchStore? _scratch;
    private Queue? _queue;
    private CountingTarget? _target;
    private byte[] _source = [];

    /// <summary>Bytes of each body.</summary>
    [Params(128, 1024)]
    public int BodyBytes { get; set; }

    /// <summary>Whether messages are settled at delivery, or acknowledged in one piece.</summary>
    [Params(true, false)]
    public bool SettlesOnDelivery { get; set; }

    [GlobalSetup]
    public void Prepare()
    {
        _scratch = new ScratchStore();
        _source = new byte[BodyBytes];
        _queue = _scratch.Host.DeclareQueue(new("dispatch", Durable: false, Exclusive: false, AutoDelete: false, Arguments: null, Owner: null)).Queue;
        _target = new CountingTarget();
        var consumer = new CountingConsumer(_queue, _target, SettlesOnDelivery);
        _queue.AddConsumer(consumer);
        DispatchBatch dispatch = DispatchBatch.Begin();
        _queue.Wake(consumer, dispatch);
        dispatch.Flush();
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _scratch?.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(OperationsPerInvoke = MessageCount)]
    public long PublishDeliverSettle()
    {
        long start = _target!.Count;
        for (int index = 0; index < MessageCount; index++)
        {
            int item = _publishing.Add();
            _publishing[item].Head = new MessageHead(MessageOrigin.Amqp091, default, 0, 0, 0);
            _publishing[item].BodyBytes = _source.Length;
            _publishing.Route(item, _queue!);
        }

        DispatchBatch dispatch = DispatchBatch.Begin();
        _publishing.Publish(_source, dispatch);
        _publishing.Clear();
        dispatch.Flush();
        if (!SettlesOnDelivery)
        {
            _resolving.Settle(_queue!, start, start + MessageCount);
            DispatchBatch settling = DispatchBatch.Begin();
            _resolving.Resolve(settling);
            settling.Flush();
        }

        return _target.Count == start + MessageCount ? _target.Count : throw new InvalidOperationException("Not all was delivered at once.");
    }

    private sealed class CountingConsumer(Queue queue, DeliveryTarget target, bool settlesOnDelivery)
        : Consumer(queue, target, settlesOnDelivery, isExclusive: false);

    /// <summary>Takes everything.</summary>
    private sealed class CountingTarget : DeliveryTarget
    {
        public override Lock Gate { get; } = new();

        public long Count { get; private set; }

        public override DeliveryOutcome Deliver(Consumer consumer, in QueuedMessage message)
        {
            Count++;
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
