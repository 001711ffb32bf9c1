using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Statistics;
using Ropeway.Management.Samples;

namespace Ropeway.Management.Metrics;

/// <summary>Messages since the start of the broker by protocol and type of queue, under RabbitMQ's names. They never fall, whatever is deleted or disconnected. Any thread.</summary>
/// <param name="broker">What is measured.</param>
/// <param name="sampler">Knows what is gone.</param>
internal sealed class GlobalMetrics(Broker broker, Sampler sampler)
{
    /// <summary>What all names begin with.</summary>
    public const string Prefix = "rabbitmq_global_";

    private const string Protocol = "amqp091"; // What comes over HTTP counts as this, in RabbitMQ too.

    /// <summary>Dead letters reach their queue in the step in which they leave the other: what RabbitMQ calls at least once.</summary>
    private const string Strategy = "at_least_once";

    private static readonly string[] TypeNames = ["rabbit_classic_queue", "rabbit_quorum_queue", "rabbit_stream_queue"]; // In the order of QueueType.

    private static readonly (string Name, string Help, MessageEvent Event)[] OfProtocol =
    [
        ("messages_received_total", "Messages received from publishers", MessageEvent.Published),
        ("messages_routed_total", "Copies of messages routed to queues or streams", MessageEvent.Routed),
        ("messages_unroutable_dropped_total", "Messages that led to no queue and were dropped, because their publishers did not want them back", MessageEvent.Unroutable),
        ("messages_unroutable_returned_total", "Messages that led to no queue and were returned to their publishers", MessageEvent.Returned),
        ("messages_confirmed_total", "Messages confirmed to publishers", MessageEvent.Confirmed),
    ];

    private static readonly (string Name, string Help, MessageEvent[] Events)[] OfQueueTypes =
    [
        ("messages_delivered_total", "Messages delivered to consumers, fetched ones included", [MessageEvent.Delivered, MessageEvent.DeliveredWithoutAck, MessageEvent.Fetched, MessageEvent.FetchedWithoutAck]),
        ("messages_delivered_consume_manual_ack_total", "Messages delivered to consumers that acknowledge", [MessageEvent.Delivered]),
        ("messages_delivered_consume_auto_ack_total", "Messages delivered to consumers that do not acknowledge", [MessageEvent.DeliveredWithoutAck]),
        ("messages_delivered_get_manual_ack_total", "Messages fetched, to be acknowledged", [MessageEvent.Fetched]),
        ("messages_delivered_get_auto_ack_total", "Messages fetched and thereby settled", [MessageEvent.FetchedWithoutAck]),
        ("messages_get_empty_total", "Times that no message was there to be fetched", [MessageEvent.FetchedNothing]),
        ("messages_redelivered_total", "Messages delivered again", [MessageEvent.Redelivered]),
        ("messages_acknowledged_total", "Messages acknowledged by consumers", [MessageEvent.Acknowledged]),
    ];

    private static readonly (string Reason, string Help, MessageEvent Left, MessageEvent Letters)[] OfDeadLetters =
    [
        ("expired", "their time was over", MessageEvent.Expired, MessageEvent.ExpiredLetters),
        ("rejected", "consumers rejected them", MessageEvent.Rejected, MessageEvent.RejectedLetters),
        ("maxlen", "their queue was full", MessageEvent.OverLength, MessageEvent.OverLengthLetters),
        ("delivery_limit", "they came back too often", MessageEvent.OverDeliveryLimit, MessageEvent.OverDeliveryLimitLetters),
    ];

    /// <summary>Writes all of it.</summary>
    public void Write(IMetricSink sink)
    {
        long[] counts = sampler.ReadTotal(host: null, static (_, countOf) => OfProtocol.Select(measure => countOf(measure.Event)).ToArray());
        for (int i = 0; i < counts.Length; i++)
        {
            WriteOne(sink, OfProtocol[i].Name, OfProtocol[i].Help, counts[i]);
        }

        OpenChannel[] channels = [.. broker.Connections.Entries.SelectMany(entry => entry.Connection.ListChannels())];
        WriteOne(sink, "publishers", "Channels open now that have published", channels.LongCount(channel => channel.Counters?[MessageEvent.Published] > 0));
        WriteOne(sink, "consumers", "Consumers", channels.Sum(channel => (long)channel.Consumers.Count));
        WriteQueues(sink, sampler.CountByQueueType());
    }

    private static void WriteOne(IMetricSink sink, string name, string help, long value)
    {
        var family = new MetricFamily(Prefix + name, help);
        sink.Begin(family);
        sink.Sample(family, value, ("protocol", Protocol));
    }

    private static void WriteQueues(IMetricSink sink, EventCounts[] types)
    {
        foreach ((string name, string help, MessageEvent[] events) in OfQueueTypes)
        {
            var family = new MetricFamily(Prefix + name, help);
            sink.Begin(family);
            for (int type = 0; type < types.Length; type++)
            {
                sink.Sample(family, CountOf(types[type], events), ("protocol", Protocol), ("queue_type", TypeNames[type]));
            }
        }

        foreach ((string reason, string help, MessageEvent left, MessageEvent letters) in OfDeadLetters)
        {
            var family = new MetricFamily($"{Prefix}messages_dead_lettered_{reason}_total", $"Messages that left their queue because {help}: dropped (disabled), or given to a dead-letter exchange");
            sink.Begin(family);
            for (int type = 0; type <= (int)QueueType.Quorum; type++)
            {
                long given = types[type][(int)letters];
                sink.Sample(family, types[type][(int)left] - given, ("queue_type", TypeNames[type]), ("dead_letter_strategy", "disabled"));
                sink.Sample(family, given, ("queue_type", TypeNames[type]), ("dead_letter_strategy", Strategy));
            }
        }
    }

    private static long CountOf(EventCounts counts, MessageEvent[] events)
    {
        long sum = 0;
        foreach (MessageEvent of in events)
        {
            sum += counts[(int)of];
        }

        return sum;
    }
}
