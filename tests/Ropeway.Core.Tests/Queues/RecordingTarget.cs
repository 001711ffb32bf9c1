using System.Text;
using Ropeway.Core.Queues;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Queues;

/// <summary>A connection that writes down what it gets.</summary>
internal sealed class RecordingTarget : DeliveryTarget
{
    /// <summary>A safety net only: what is expected comes as soon as the disk allows.</summary>
    public static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90);

    private readonly List<RecordedDelivery> _deliveries = [];
    private readonly List<TestConsumer> _gone = [];

    public override Lock Gate { get; } = new();

    /// <summary>While true it takes nothing, as a connection whose peer does not read.</summary>
    public bool Refuses { get; set; }

    public int FlushCount { get; private set; }

    /// <summary>Called for each delivery, under all gates.</summary>
    public Action<RecordedDelivery>? OnDelivery { get; set; }

    public RecordedDelivery[] Deliveries
    {
        get
        {
            lock (Gate)
            {
                return [.. _deliveries];
            }
        }
    }

    public TestConsumer[] Gone
    {
        get
        {
            lock (Gate)
            {
                return [.. _gone];
            }
        }
    }

    public string Bodies => string.Join(' ', Deliveries.Select(delivery => delivery.Body));

    /// <summary>The deliveries, after so many have come.</summary>
    public RecordedDelivery[] Expect(int count)
    {
        SpinWait.SpinUntil(() => Deliveries.Length >= count, Deadline);
        RecordedDelivery[] deliveries = Deliveries;
        Assert.Equal(count, deliveries.Length);
        return deliveries;
    }

    public static RecordedDelivery Record(TestConsumer? consumer, in QueuedMessage message)
    {
        ReadOnlySpan<byte> body = message.BodyBlock.Span.Slice(message.BodyStart, message.Content.BodyBytes);
        ContentProperties properties = ContentProperties.Read(message.Content.Properties);
        return new RecordedDelivery(consumer, message.Offset, Encoding.UTF8.GetString(body), message.IsRedelivered)
        {
            DeliveryCount = message.DeliveryCount,
            Exchange = Encoding.UTF8.GetString(message.Content.Exchange),
            RoutingKey = Encoding.UTF8.GetString(message.Content.RoutingKey),
            Headers = FieldTableCodec.TryRead(properties.Headers, out FieldTable? headers, out _) ? headers : [],
            Expiration = Encoding.UTF8.GetString(properties.Expiration),
        };
    }

    public override DeliveryOutcome Deliver(Consumer consumer, in QueuedMessage message)
    {
        Assert.True(Gate.IsHeldByCurrentThread);
        Assert.True(consumer.Queue.Log.Gate.IsHeldByCurrentThread);
        var taker = (TestConsumer)consumer;
        if (Refuses || taker.Credit == 0)
        {
            taker.IsWaiting = true;
            return DeliveryOutcome.Refused;
        }

        RecordedDelivery delivery = Record(taker, message);
        _deliveries.Add(delivery);
        OnDelivery?.Invoke(delivery);
        taker.Credit--;
        if (taker.Credit > 0)
        {
            return DeliveryOutcome.Delivered;
        }

        taker.IsWaiting = true;
        return DeliveryOutcome.DeliveredLast;
    }

    public override void FlushDeliveries()
    {
        Assert.False(Gate.IsHeldByCurrentThread);
        lock (Gate)
        {
            FlushCount++;
        }
    }

    public override void OnQueueGone(Consumer consumer)
    {
        Assert.False(consumer.Queue.Log.Gate.IsHeldByCurrentThread);
        lock (Gate)
        {
            _gone.Add((TestConsumer)consumer);
        }
    }
}
