using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Messages;

namespace Ropeway.Management.Findings;

/// <summary>Who consumes which queue: read from all connections when a finding needs it, at most every five seconds. One thread at a time.</summary>
internal sealed class QueueConsumers(Broker broker)
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(5);

    private ILookup<Queue, ConsumerFacts>? _consumers;
    private long _readAt;

    /// <summary>The consumers of a queue.</summary>
    public IReadOnlyList<ConsumerFacts> Of(Queue queue)
    {
        if (_consumers is null || broker.Time.GetElapsedTime(_readAt) >= Age)
        {
            _readAt = broker.Time.GetTimestamp();
            _consumers = (
                from entry in broker.Connections.Entries
                from channel in entry.Connection.ListChannels()
                from consumer in channel.Consumers
                select (consumer.Consumer.Queue, Facts: new ConsumerFacts(entry.Name, ClientOf(entry), consumer.Tag, consumer.Prefetch)))
                .ToLookup(found => found.Queue, found => found.Facts);
        }

        return [.. _consumers[queue]];
    }

    /// <summary>What a client calls its connection; null when it says nothing.</summary>
    public static string? ClientOf(ConnectionEntry entry) =>
        FieldTableCodec.TryRead(entry.ClientProperties.Span, out FieldTable? properties, out _) && properties.TryGetString("connection_name", out string? name) && name.Length > 0 ? name : null;
}
