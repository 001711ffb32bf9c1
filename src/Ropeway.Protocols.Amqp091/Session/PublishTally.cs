using Ropeway.Core.Routing;
using Ropeway.Core.Statistics;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>Counts what a connection publishes: channel and exchange, which all connections share, are told once for many messages in a row. Owner only.</summary>
internal sealed class PublishTally
{
    private AmqpChannel? _channel;
    private Exchange? _exchange;
    private long _published;
    private long _routed;
    private long _unroutable;

    /// <summary>Counts a message.</summary>
    /// <param name="channel">Where it was published.</param>
    /// <param name="exchange">Where to.</param>
    /// <param name="queueCount">How many queues it goes to.</param>
    public void Add(AmqpChannel channel, Exchange exchange, int queueCount)
    {
        if (!ReferenceEquals(exchange, _exchange) || !ReferenceEquals(channel, _channel))
        {
            Flush();
            _channel = channel;
            _exchange = exchange;
        }

        _published++;
        _routed += queueCount;
    }

    /// <summary>Counts that nobody gets the message that was just added.</summary>
    /// <param name="channel">Where it was published.</param>
    /// <param name="isReturned">Whether its publisher gets it back.</param>
    public void AddUnroutable(AmqpChannel channel, bool isReturned)
    {
        _unroutable++;
        channel.Count().Add(isReturned ? MessageEvent.Returned : MessageEvent.Unroutable, 1);
    }

    /// <summary>Tells them.</summary>
    public void Flush()
    {
        if (_published > 0)
        {
            _channel!.Count().Add(MessageEvent.Published, _published);
            _exchange!.Count(_published, _routed, _unroutable);
            _published = 0;
            _routed = 0;
            _unroutable = 0;
        }
    }
}
