using System.Text;
using Ropeway.Core.Routing;
using Ropeway.Core.Topology;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>A publisher's messages follow the topology while others change it.</summary>
public sealed class RouteCacheTests : IDisposable
{
    private const int KeyCount = 2000;

    private readonly TestBroker _broker = new();
    private readonly AmqpPeer _peer;
    private readonly VirtualHost _host;

    public RouteCacheTests()
    {
        _peer = _broker.Login();
        _peer.OpenChannel(1);
        Assert.True(_broker.Broker.VirtualHosts.TryGet("/", out VirtualHost? host));
        _host = host;
    }

    public void Dispose() => _broker.Dispose();

    [Fact]
    public void Publish_QueueIsDeclaredDeletedAndDeclared_ArrivesWhenItIsThere()
    {
        PublishMandatory("q", arrives: false);
        _peer.DeclareQueue(1, "q");
        PublishMandatory("q", arrives: true);
        _host.DeleteQueue("q", owner: null, ifUnused: false, ifEmpty: false);
        PublishMandatory("q", arrives: false);
        _peer.DeclareQueue(1, "q");
        PublishMandatory("q", arrives: true);
        Assert.Equal(1, _host.GetQueue("q", owner: null).MessageCount);
    }

    [Fact]
    public void Publish_BindingsAndExchangesChange_TakesTheNewWay()
    {
        _peer.DeclareQueue(1, "q");
        _host.DeclareExchange(new ExchangeSettings("x", ExchangeType.Fanout, Durable: true, AutoDelete: false, Internal: false, Arguments: null));
        PublishMandatory("k", arrives: false, "x");
        _host.BindQueue("x", "q", "k", arguments: null, owner: null);
        PublishMandatory("k", arrives: true, "x");
        _host.DeleteExchange("x", ifUnused: false);
        _host.DeclareExchange(new ExchangeSettings("x", ExchangeType.Direct, Durable: true, AutoDelete: false, Internal: false, Arguments: null));
        PublishMandatory("k", arrives: false, "x");
        _host.DeleteExchange("x", ifUnused: false);
        _peer.Publish(1, "k", "m", exchange: "x");
        Assert.Equal(ReplyCode.NotFound, _peer.ExpectChannelClose(1).Code);
    }

    [Fact]
    public void Publish_WhileTheTopologyChanges_AllocatesNothingForTheSameWay()
    {
        _peer.DeclareQueue(1, "q");
        byte[] publish = AmqpPeer.PublishFrames(1, "", "q", [1], deliveryMode: 1);
        long least = long.MaxValue;
        for (int round = 0; round < 100 && least > 0; round++)
        {
            _host.BindQueue("amq.fanout", "q", $"{round}", arguments: null, owner: null); // Another exchange, the same host.
            long before = GC.GetAllocatedBytesForCurrentThread();
            _peer.Session.Consume(publish);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        Assert.Equal(0, least);
    }

    [Fact]
    public void Publish_ManyKeysWhileAnotherChannelsMessageIsHalfThere_EachTakesItsOwnWay()
    {
        _peer.OpenChannel(2);
        _peer.DeclareQueue(1, "half");
        byte[] half = AmqpPeer.PublishFrames(2, "", "half", [1], deliveryMode: 1, mandatory: true);
        int methodBytes = AmqpPeer.Frame(2, new BasicPublish { Exchange = [], RoutingKey = "half"u8, Mandatory = true }).Length;
        _peer.SendBytes(half.AsSpan(0, methodBytes));
        PublishToManyKeys("nowhere");
        ExpectReturns("nowhere");
        _peer.SendBytes(half.AsSpan(methodBytes));

        _peer.ExpectNothingMore(2);
        Assert.Equal(1, _host.GetQueue("half", owner: null).MessageCount);
    }

    [Fact]
    public void Publish_ManyKeysInATransaction_EachTakesItsOwnWayAtTheCommit()
    {
        _peer.DeclareQueue(1, "there.7");
        _peer.SendBare(1, MethodId.TxSelect);
        _peer.Expect(MethodId.TxSelectOk);
        PublishToManyKeys("nowhere");
        PublishToManyKeys("there");
        _peer.SendBare(1, MethodId.TxCommit);

        ExpectReturns("nowhere");
        ExpectReturns("there", except: 7);
        _peer.Expect(MethodId.TxCommitOk);
        Assert.Equal(1, _host.GetQueue("there.7", owner: null).MessageCount);
    }

    /// <summary>More keys than a session remembers, so that each slot of its memory is used again.</summary>
    private void PublishToManyKeys(string prefix)
    {
        for (int i = 0; i < KeyCount; i++)
        {
            _peer.Publish(1, $"{prefix}.{i}", "m", deliveryMode: 1, mandatory: true);
        }
    }

    private void ExpectReturns(string prefix, int except = -1)
    {
        for (int i = 0; i < KeyCount; i++)
        {
            if (i != except)
            {
                Assert.True(BasicReturn.TryRead(_peer.Expect(MethodId.BasicReturn, 1), out BasicReturn returned));
                Assert.Equal($"{prefix}.{i}", Encoding.UTF8.GetString(returned.RoutingKey));
                _peer.ExpectContent();
            }
        }
    }

    private void PublishMandatory(string key, bool arrives, string exchange = "")
    {
        _peer.Publish(1, key, "m", exchange: exchange, mandatory: true);
        if (!arrives)
        {
            _peer.Expect(MethodId.BasicReturn);
            _peer.ExpectContent();
        }

        _peer.ExpectNothingMore(1);
    }
}
