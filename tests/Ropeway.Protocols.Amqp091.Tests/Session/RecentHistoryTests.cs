using System.Text;
using Ropeway.Core.Routing;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>Exchanges of type x-recent-history, as clients see them.</summary>
public sealed class RecentHistoryTests : IDisposable
{
    private readonly TestBroker _broker = new();
    private readonly AmqpPeer _peer;

    public RecentHistoryTests()
    {
        _peer = _broker.Login();
        _peer.OpenChannel(1);
    }

    public void Dispose() => _broker.Dispose();

    [Fact]
    public void Bind_NewQueue_GetsTheLastMessagesInOrder()
    {
        Declare(length: 3);
        for (int i = 1; i <= 5; i++)
        {
            _peer.Publish(1, "key", $"m{i}", exchange: "h");
        }

        _peer.DeclareQueue(1, "q");
        Bind("q");
        _peer.Publish(1, "key", "live", exchange: "h");
        _peer.Consume(1, "q", "c");
        foreach (string body in (string[])["m3", "m4", "m5", "live"])
        {
            PeerDelivery delivery = _peer.ExpectDelivery(body);
            Assert.Equal("h", delivery.Exchange);
            Assert.Equal("key", delivery.RoutingKey);
        }

        Bind("q"); // The same binding again brings nothing.
        _peer.ExpectNothingMore(1);
    }

    [Fact]
    public void Publish_ByDefault_KeepsTwenty()
    {
        Declare(length: null);
        for (int i = 1; i <= 30; i++)
        {
            _peer.Publish(1, "key", $"m{i}", exchange: "h");
        }

        _peer.DeclareQueue(1, "q");
        Bind("q");
        _peer.Consume(1, "q", "c");
        for (int i = 11; i <= 30; i++)
        {
            _peer.ExpectDelivery($"m{i}");
        }

        _peer.ExpectNothingMore(1);
    }

    [Fact]
    public void Publish_NoStoreHeader_IsRoutedButNotKept()
    {
        Declare(length: 5);
        _peer.DeclareQueue(1, "early");
        Bind("early");
        byte[] properties = new BasicPropertyValues { Headers = new FieldTable { ["x-recent-history-no-store"] = true } }.ToArray();
        _peer.SendBytes(AmqpPeer.PublishFrames(1, new BasicPublish { Exchange = "h"u8 }, properties, "secret"u8.ToArray()));
        _peer.Publish(1, "key", "kept", exchange: "h");
        _peer.DeclareQueue(1, "late");
        Bind("late");
        _peer.Consume(1, "early", "e");
        _peer.ExpectDelivery("secret");
        _peer.ExpectDelivery("kept");
        _peer.Consume(1, "late", "l");
        _peer.ExpectDelivery("kept");
        _peer.ExpectNothingMore(1);
    }

    [Fact]
    public void Publish_MandatoryWithoutBindings_IsKeptAndReturned()
    {
        Declare(length: 5);
        _peer.Publish(1, "key", "m", exchange: "h", mandatory: true);
        _peer.Expect(MethodId.BasicReturn);
        Assert.Equal("m", Encoding.UTF8.GetString(_peer.ExpectContent()));
        _peer.DeclareQueue(1, "q");
        Bind("q");
        _peer.Consume(1, "q", "c");
        _peer.ExpectDelivery("m");
    }

    [Fact]
    public void Publish_MoreThanTheMemory_ForgetsTheOldest()
    {
        Declare(length: 1000);
        byte[] body = new byte[RecentHistory.MessageBytesMax - 1000];
        for (byte i = 0; i < 30; i++)
        {
            body[0] = i;
            _peer.SendBytes(AmqpPeer.PublishFrames(1, "h", "key", body, deliveryMode: 1));
        }

        _peer.DeclareQueue(1, "q");
        Bind("q");
        _peer.Consume(1, "q", "c");
        byte first = _peer.ExpectDelivery().Body[0];
        int count = RecentHistory.BytesMax / RecentHistory.MessageBytesMax;
        Assert.Equal(30 - count, first);
        for (int i = first + 1; i < 30; i++)
        {
            Assert.Equal(i, _peer.ExpectDelivery().Body[0]);
        }
    }

    [Fact]
    public void Restart_ForgetsTheHistoryAndKeepsTheExchange()
    {
        Declare(length: 5);
        _peer.Publish(1, "key", "m", exchange: "h");
        _peer.ExpectNothingMore(1);
        _broker.Restart();
        AmqpPeer peer = _broker.Login();
        peer.OpenChannel(1);
        peer.DeclareQueue(1, "q");
        peer.Send(1, new QueueBind { Queue = "q"u8, Exchange = "h"u8 });
        peer.Expect(MethodId.QueueBindOk);
        peer.Consume(1, "q", "c");
        peer.ExpectNothingMore(1);
    }

    private void Declare(int? length)
    {
        FieldTable arguments = length is null ? [] : new FieldTable { ["x-recent-history-length"] = length.Value };
        _peer.Send(1, new ExchangeDeclare { Exchange = "h"u8, ExchangeType = "x-recent-history"u8, Durable = true, Arguments = FieldTableCodec.ToArray(arguments) });
        _peer.Expect(MethodId.ExchangeDeclareOk);
    }

    private void Bind(string queue)
    {
        _peer.Send(1, new QueueBind { Queue = Encoding.UTF8.GetBytes(queue), Exchange = "h"u8 });
        _peer.Expect(MethodId.QueueBindOk);
    }
}
