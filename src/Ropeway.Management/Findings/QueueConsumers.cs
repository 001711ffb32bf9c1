using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Messages;

namespace Ropeway.Management.Findings;

/// <summary>Who consumes which queue: read from all connections when a finding needs it, at most every five seconds. One thread at a time.</summary>
internal sealed class QueueConsumers(Broker broker)
{
    private static readonly TimeSpan Age = TimeSpan.FromSeconds(5);

    private ILookup<Queue, ConsumerFacts>? _consumers;
    private Dictionary<long, long> _backlogged = []; // How much was delivered to connections that took no more, when they were last read.
    private long _readAt;

    /// <summary>The consumers of a queue.</summary>
    public IReadOnlyList<ConsumerFacts> Of(Queue queue)
    {
        if (_consumers is null || broker.Time.GetElapsedTime(_readAt) >= Age)
        {
            _readAt = broker.Time.GetTimestamp();
            _consumers = Read().ToLookup(found => found.Queue, found => found.Facts);
        }

        return [.. _consumers[queue]];
    }

    private List<(Queue Queue, ConsumerFacts Facts)> Read()
    {
        var backlogged = new Dictionary<long, long>();
        var found = new List<(Queue Queue, ConsumerFacts Facts)>();
        foreach (ConnectionEntry entry in broker.Connections.Entries)
        {
            IReadOnlyList<OpenChannel> channels = entry.Connection.ListChannels();
            long backloggedBytes = entry.Connection.BackloggedBytes;
            if (backloggedBytes > 0)
            {
                // Who reads as fast as it can may be backlogged at any moment, but gets more between two of them.
                long delivered = channels.Sum(channel => channel.DeliveredCount);
                backlogged.Add(entry.Id, delivered);
                backloggedBytes = _backlogged.TryGetValue(entry.Id, out long before) && before == delivered ? backloggedBytes : 0;
            }

            found.AddRange(
                from channel in channels
                from consumer in channel.Consumers
                select (consumer.Consumer.Queue, FactsOf(entry, channel, consumer) with { BackloggedBytes = backloggedBytes }));
        }

        _backlogged = backlogged;
        return found;
    }

    private ConsumerFacts FactsOf(ConnectionEntry entry, OpenChannel channel, OpenConsumer consumer) => new(entry.Name, ClientOf(entry), consumer.Tag, consumer.Prefetch)
    {
        HeldAtLimit = consumer.Prefetch > 0 && consumer.UnackedCount >= consumer.Prefetch ? consumer.UnackedCount
            : channel.SharedPrefetch > 0 && channel.UnackedCount >= channel.SharedPrefetch ? channel.UnackedCount : 0,
        SettledSeconds = consumer.LastResolvedMs > 0 ? Math.Max(0, (broker.Time.GetUtcNow().ToUnixTimeMilliseconds() - consumer.LastResolvedMs) / 1000.0) : null,
    };

    /// <summary>What a client calls its connection; null when it says nothing.</summary>
    public static string? ClientOf(ConnectionEntry entry) =>
        FieldTableCodec.TryRead(entry.ClientProperties.Span, out FieldTable? properties, out _) && properties.TryGetString("connection_name", out string? name) && name.Length > 0 ? name : null;
}
