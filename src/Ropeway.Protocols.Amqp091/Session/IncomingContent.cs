using Ropeway.Buffers;
using Ropeway.Core;
using Ropeway.Core.Delays;
using Ropeway.Core.Queues;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// The message that a channel is publishing, as far as it has arrived. While all its frames lie in one received piece only their
/// places are kept; what straddles the end is copied into an assembly. Used on the connection's owner only.
/// </summary>
internal sealed class IncomingContent(BodyBudget budget)
{
    private readonly MessageAssembly _assembly = new(budget);
    private int _namesBytes;

    /// <summary>What is expected next.</summary>
    public ContentStage Stage { get; set; }

    /// <summary>Where the message goes. Held meanwhile.</summary>
    public Route? Route
    {
        get;
        set
        {
            field?.Release();
            field = value;
            field?.Hold();
        }
    }

    /// <summary>The publisher wants it back when no queue takes it.</summary>
    public bool IsMandatory { get; set; }

    /// <summary>The envelope, complete once the header was read.</summary>
    public MessageHead Head { get; set; }

    /// <summary>Whether its headers give further routing keys.</summary>
    public bool HasCopies { get; set; }

    /// <summary>How long its headers ask to hold it back.</summary>
    public DelayHeaders Delay { get; set; }

    /// <summary>Announced length of the body.</summary>
    public long BodyBytes { get; set; }

    /// <summary>How much of the body is here.</summary>
    public long ReceivedBytes { get; private set; }

    /// <summary>Memory that the starts refer to; null: the received piece.</summary>
    public NativeBlock? Block => _assembly.Block;

    /// <summary>Start of the exchange name.</summary>
    public int ExchangeStart { get; private set; }

    /// <summary>Length of the exchange name.</summary>
    public byte ExchangeBytes { get; private set; }

    /// <summary>Start of the routing key.</summary>
    public int RoutingKeyStart { get; private set; }

    /// <summary>Length of the routing key.</summary>
    public byte RoutingKeyBytes { get; private set; }

    /// <summary>Start of the properties.</summary>
    public int PropertiesStart { get; private set; }

    /// <summary>Length of the properties.</summary>
    public int PropertiesBytes { get; private set; }

    /// <summary>Start of the body.</summary>
    public int BodyStart { get; private set; }

    /// <summary>Whether nothing is missing.</summary>
    public bool IsWhole => ReceivedBytes == BodyBytes;

    /// <summary>A publish method was read; the names lie in the received piece.</summary>
    public void Begin(int exchangeStart, int exchangeBytes, int routingKeyStart, int routingKeyBytes)
    {
        Stage = ContentStage.Header;
        ExchangeStart = exchangeStart;
        ExchangeBytes = (byte)exchangeBytes;
        RoutingKeyStart = routingKeyStart;
        RoutingKeyBytes = (byte)routingKeyBytes;
        _namesBytes = exchangeBytes + routingKeyBytes;
        BodyBytes = 0;
        ReceivedBytes = 0;
        PropertiesBytes = 0;
    }

    /// <summary>The header was read; its properties lie at <paramref name="propertiesStart"/> in the received piece.</summary>
    public void AddHeader(ReadOnlySpan<byte> received, int propertiesStart, int propertiesBytes, long bodyBytes)
    {
        Stage = ContentStage.Body;
        BodyBytes = bodyBytes;
        PropertiesBytes = propertiesBytes;
        PropertiesStart = Block is null
            ? propertiesStart
            : _assembly.Append(received.Slice(propertiesStart, propertiesBytes), ExpectedBytes);
        BodyStart = _assembly.Bytes;
    }

    /// <summary>The header was read, and its properties were changed: the message moves into memory of its own.</summary>
    /// <param name="received">The received piece.</param>
    /// <param name="properties">The changed properties.</param>
    /// <param name="bodyBytes">Announced length of the body.</param>
    public void AddChangedHeader(ReadOnlySpan<byte> received, scoped ReadOnlySpan<byte> properties, long bodyBytes)
    {
        BodyBytes = bodyBytes;
        Keep(received);
        Stage = ContentStage.Body;
        PropertiesBytes = properties.Length;
        PropertiesStart = _assembly.Append(properties, ExpectedBytes);
        BodyStart = _assembly.Bytes;
    }

    /// <summary>A body frame was read; its payload lies at <paramref name="start"/> in the received piece.</summary>
    public void AddBody(ReadOnlySpan<byte> received, int start, int bytes)
    {
        if (Block is null && ReceivedBytes == 0)
        {
            BodyStart = start;
        }
        else
        {
            Keep(received);
            _assembly.Append(received.Slice(start, bytes), ExpectedBytes);
        }

        ReceivedBytes += bytes;
    }

    /// <summary>Copies what still lies in the received piece, because that piece is about to be given back.</summary>
    public void Keep(ReadOnlySpan<byte> received)
    {
        if (Block is not null)
        {
            return;
        }

        ReadOnlySpan<byte> routingKey = received.Slice(RoutingKeyStart, RoutingKeyBytes);
        ReadOnlySpan<byte> properties = Stage == ContentStage.Body ? received.Slice(PropertiesStart, PropertiesBytes) : [];
        ReadOnlySpan<byte> body = ReceivedBytes > 0 ? received.Slice(BodyStart, (int)ReceivedBytes) : [];
        long expected = ExpectedBytes;
        ExchangeStart = _assembly.Append(received.Slice(ExchangeStart, ExchangeBytes), expected);
        RoutingKeyStart = _assembly.Append(routingKey, expected);
        PropertiesStart = _assembly.Append(properties, expected);
        BodyStart = _assembly.Append(body, expected);
    }

    /// <summary>Takes a header out of the properties of a whole message, if it is there.</summary>
    public void RemoveHeader(ReadOnlySpan<byte> received, ReadOnlySpan<byte> name)
    {
        Keep(received); // What was received cannot be changed.
        PropertiesBytes = BasicProperties.RemoveHeader(Block!.Span.Slice(PropertiesStart, PropertiesBytes), name);
    }

    /// <summary>Says in a batch's item where the whole message lies.</summary>
    /// <param name="item">An item of the batch.</param>
    /// <param name="bodyId">The body file that holds the body, or 0.</param>
    public void CopyTo(ref PublishItem item, ulong bodyId) => item = new PublishItem
    {
        Block = Block,
        Head = bodyId == 0 ? Head : Head with { Flags = Head.Flags | MessageFlags.ExternalBody },
        BodyId = bodyId,
        ExchangeStart = ExchangeStart,
        ExchangeBytes = ExchangeBytes,
        RoutingKeyStart = RoutingKeyStart,
        RoutingKeyBytes = RoutingKeyBytes,
        PropertiesStart = PropertiesStart,
        PropertiesBytes = PropertiesBytes,
        BodyStart = BodyStart,
        BodyBytes = (int)BodyBytes,
    };

    /// <summary>Hands the assembled memory over with its reference; the content is at an end.</summary>
    public NativeBlock TakeBlock() => _assembly.TakeBlock();

    /// <summary>Forgets the message.</summary>
    public void Reset()
    {
        _assembly.Clear();
        Stage = ContentStage.None;
        Route = null;
        ReceivedBytes = 0;
    }

    private long ExpectedBytes => _namesBytes + PropertiesBytes + BodyBytes;
}
