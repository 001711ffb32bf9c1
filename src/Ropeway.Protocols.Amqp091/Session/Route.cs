using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// Where messages with one exchange and routing key go. Owned by one session; <see cref="RouteCache"/> keeps it up to date, and makes it
/// the route of other names when nobody holds it: a publisher with a new key for each message allocates nothing.
/// </summary>
internal sealed class Route
{
    private byte[] _names = []; // The exchange's name, and the routing key behind it.
    private int _exchangeBytes;
    private int _namesBytes;
    private int _holderCount;

    /// <summary>Name of the exchange, UTF-8.</summary>
    public ReadOnlySpan<byte> ExchangeName => _names.AsSpan(0, _exchangeBytes);

    /// <summary>The routing key.</summary>
    public ReadOnlySpan<byte> RoutingKey => _names.AsSpan(_exchangeBytes, _namesBytes - _exchangeBytes);

    /// <summary>The exchange; null before the first answer.</summary>
    public Exchange? Exchange { get; set; }

    /// <summary>The virtual host's topology that the answer is for.</summary>
    public long TopologyVersion { get; set; }

    /// <summary>The permissions that the answer is for.</summary>
    public long PermissionVersion { get; set; }

    /// <summary>Token of who gets it as a direct reply; null when it is none.</summary>
    public UInt128? ReplyToken { get; private set; }

    /// <summary>The queues; null when they depend on more than the routing key. They change only while nobody holds the route.</summary>
    public Queue[]? Queues { get; private set; }

    /// <summary>True while a message that is not published yet refers to the route: its names and queues must stay.</summary>
    public bool IsHeld => _holderCount > 0;

    /// <summary>A message refers to the route from now on.</summary>
    public void Hold() => _holderCount++;

    /// <summary>It does no more. Who forgets it only keeps the route from being used again.</summary>
    public void Release() => _holderCount--;

    /// <summary>Makes it the route of these names, without an answer.</summary>
    public void Rename(ReadOnlySpan<byte> exchangeName, ReadOnlySpan<byte> routingKey)
    {
        _exchangeBytes = exchangeName.Length;
        _namesBytes = exchangeName.Length + routingKey.Length;
        if (_names.Length < _namesBytes)
        {
            _names = new byte[Math.Max(_namesBytes, 2 * _names.Length)];
        }

        exchangeName.CopyTo(_names);
        routingKey.CopyTo(_names.AsSpan(_exchangeBytes));
        ReplyToken = exchangeName.IsEmpty && ReplyAddress.TryRead(routingKey, out UInt128 token) ? token : null;
        Exchange = null;
    }

    /// <summary>Takes the queues of an answer.</summary>
    /// <param name="queues">The queues.</param>
    /// <param name="isKeyDecisive">False when they depend on more than the routing key.</param>
    public void SetQueues(ReadOnlySpan<Queue> queues, bool isKeyDecisive)
    {
        if (!isKeyDecisive)
        {
            Queues = null;
        }
        else if (Queues is null || (!queues.SequenceEqual(Queues) && (IsHeld || Queues.Length != queues.Length)))
        {
            Queues = queues.ToArray();
        }
        else
        {
            queues.CopyTo(Queues);
        }
    }
}
