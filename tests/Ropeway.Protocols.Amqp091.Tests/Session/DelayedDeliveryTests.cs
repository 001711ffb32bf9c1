using System.Text;
using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Delays;
using Ropeway.Core.Timing;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>Messages that wait for their time, as clients see them: exchanges of type x-delayed-message and the headers that count everywhere.</summary>
public sealed class DelayedDeliveryTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(DateTimeOffset.UnixEpoch.AddDays(20_000));
    private readonly TestBroker _broker;
    private readonly AmqpPeer _peer;

    public DelayedDeliveryTests()
    {
        _broker = new TestBroker(time: _time);
        _peer = _broker.Login();
        _peer.OpenChannel(1);
        foreach (string queue in (string[])["a", "b"])
        {
            _peer.DeclareQueue(1, queue);
            _peer.Consume(1, queue, queue);
        }
    }

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData(10)]
    [InlineData(300_000)] // More than one read.
    [InlineData(1_200_000)] // In a file of its own.
    public void Publish_DeliveryDelayOnAnyExchange_ComesAfterIt(int bodyBytes)
    {
        _peer.Publish(1, "a", "cached route"); // A delayed message must not take it.
        _peer.ExpectDelivery("cached route");
        byte[] body = [.. Enumerable.Range(0, bodyBytes).Select(i => (byte)i)];
        var headers = new FieldTable { ["x-opt-delivery-delay"] = 5_000 };
        byte[] frames = Frames("a", headers, body);
        for (int start = 0; start < frames.Length; start += 200_000)
        {
            _peer.SendBytes(frames.AsSpan(start, Math.Min(200_000, frames.Length - start)));
        }

        _peer.WaitUntil(() => Delays?.Count == 1, "the message waits");
        Advance(4_999 - Deadlines.TickMs);
        Publish("a", new FieldTable { ["x-opt-delivery-delay"] = -1 }, "at once");
        _peer.ExpectDelivery("at once");
        Advance(1 + Deadlines.TickMs);

        PeerDelivery delivery = _peer.ExpectDelivery();
        Assert.Equal(("a", "a"), (delivery.ConsumerTag, delivery.RoutingKey));
        Assert.Equal(body, delivery.Body);
        Assert.Equal(headers, LastHeaders());
        _peer.ExpectNothingMore(1);
    }

    [Fact]
    public void Publish_DeliveryTime_ComesThen()
    {
        long dueMs = _time.GetUtcNow().ToUnixTimeMilliseconds() + 3_000;
        Publish("a", new FieldTable { ["x-opt-delivery-time"] = dueMs + 1 }, "second");
        Publish("a", new FieldTable { ["x-opt-delivery-time"] = dueMs }, "first");

        Advance(3_001);

        _peer.ExpectDelivery("first");
        _peer.ExpectDelivery("second");
    }

    [Fact]
    public void Publish_DelayHeaderOnAnotherExchange_ComesAtOnce()
    {
        Publish("a", new FieldTable { ["x-delay"] = 5_000 }, "now");

        _peer.ExpectDelivery("now");
        Assert.Equal(new FieldTable { ["x-delay"] = 5_000 }, LastHeaders());
    }

    [Fact]
    public void Publish_DelayedExchange_DelaysByTheHeaderAndNegatesIt()
    {
        DeclareDelayed("x", "topic");
        Bind("a", "x", "k.*");
        Publish("k.1", new FieldTable { ["x-delay"] = "2000", ["other"] = "o" }, "later", "x");
        Publish("k.2", new FieldTable { ["x-delay"] = 1_000 }, "sooner", "x");
        Publish("k.3", new FieldTable { ["x-delay"] = 0 }, "at once", "x");
        _peer.Publish(1, "k.4", "without", exchange: "x");
        _peer.ExpectDelivery("at once");
        Assert.Equal(new FieldTable { ["x-delay"] = 0 }, LastHeaders());
        _peer.ExpectDelivery("without");

        Advance(2_000);

        Assert.Equal("x", _peer.ExpectDelivery("sooner").Exchange);
        Assert.Equal(new FieldTable { ["x-delay"] = -1_000 }, LastHeaders());
        Assert.Equal("k.1", _peer.ExpectDelivery("later").RoutingKey);
        Assert.Equal(new FieldTable { ["other"] = "o", ["x-delay"] = -2_000 }, LastHeaders());
    }

    [Fact]
    public void Publish_DelayedExchangeBehindAnother_OnlyItsPartWaits()
    {
        DeclareDelayed("late", "headers");
        _peer.Send(1, new ExchangeDeclare { Exchange = "front"u8, ExchangeType = "fanout"u8 });
        _peer.Expect(MethodId.ExchangeDeclareOk);
        _peer.Send(1, new ExchangeBind { Destination = "late"u8, Source = "front"u8 });
        _peer.Expect(MethodId.ExchangeBindOk);
        Bind("a", "front", string.Empty);
        Bind("b", "late", string.Empty, new FieldTable { ["x-match"] = "all", ["kind"] = "mail" });

        Publish("k", new FieldTable { ["x-delay"] = 1_000, ["kind"] = "mail" }, "m", "front");
        Assert.Equal("a", _peer.ExpectDelivery("m").ConsumerTag);
        Assert.Equal(1, Delays!.Count);
        Advance(1_000);

        Assert.Equal("b", _peer.ExpectDelivery("m").ConsumerTag);
        _peer.ExpectNothingMore(1);
    }

    [Fact]
    public void Publish_DelayedWithCopies_ReachesAllQueuesAndBccStaysHidden()
    {
        Publish("nowhere", new FieldTable { ["x-opt-delivery-delay"] = 1_000, ["CC"] = new FieldArray(["a"]), ["BCC"] = new FieldArray(["b"]) }, "m");

        Advance(1_000);

        string[] tags = [_peer.ExpectDelivery("m").ConsumerTag, _peer.ExpectDelivery("m").ConsumerTag];
        Assert.Equal(["a", "b"], tags.Order());
        Assert.False(LastHeaders().Contains("BCC"));
        Assert.True(LastHeaders().Contains("CC"));
    }

    [Fact]
    public void Publish_Delayed_IsConfirmedWhenItIsDurable()
    {
        _peer.Send(1, default(ConfirmSelect));
        _peer.Expect(MethodId.ConfirmSelectOk);
        Publish("a", new FieldTable { ["x-opt-delivery-delay"] = 60_000 }, "first"); // Makes the log.
        _peer.Expect(MethodId.BasicAck);
        using (_broker.HoldCommits())
        {
            Publish("a", new FieldTable { ["x-opt-delivery-delay"] = 60_000 }, "m");
            _peer.ExpectSilence();
        }

        _peer.Expect(MethodId.BasicAck);
    }

    [Fact]
    public void Restart_MessagesWait_ComeWhenTheirTimeHasCome()
    {
        DeclareDelayed("x", "direct");
        Bind("a", "x", "k");
        Publish("k", new FieldTable { ["x-delay"] = 60_000 }, "by exchange", "x");
        Publish("a", new FieldTable { ["x-opt-delivery-delay"] = 60_001 }, "by header");
        _peer.Vanish();
        _broker.Restart();
        AmqpPeer next = _broker.Login();
        next.OpenChannel(1);
        next.Consume(1, "a", "again");

        Advance(60_001);

        next.ExpectDelivery("by exchange");
        next.ExpectDelivery("by header");
    }

    [Fact]
    public void Commit_DelayedMessages_WaitFromThenOn()
    {
        _peer.SendBare(1, MethodId.TxSelect);
        _peer.Expect(MethodId.TxSelectOk);
        Publish("a", new FieldTable { ["x-opt-delivery-delay"] = 9_000 }, "second");
        Publish("a", new FieldTable { ["x-opt-delivery-delay"] = 5_000 }, "first");
        Assert.Null(Delays);

        _peer.SendBare(1, MethodId.TxCommit);
        _peer.Expect(MethodId.TxCommitOk);
        Assert.Equal(2, Delays!.Count);
        Advance(9_000);

        _peer.ExpectDelivery("first");
        _peer.ExpectDelivery("second");
    }

    [Fact]
    public void Publish_MandatoryToDelayedExchange_IsReturnedAndComesAsWithThePlugIn()
    {
        DeclareDelayed("x", "direct");
        Bind("a", "x", "k");
        _peer.SendBytes(Frames("k", new FieldTable { ["x-delay"] = 1_000 }, "m"u8.ToArray(), "x", mandatory: true));
        _peer.Expect(MethodId.BasicReturn);
        _peer.ExpectContent();

        Advance(1_000);

        _peer.ExpectDelivery("m");
    }

    [Fact]
    public void Publish_MandatoryWithDeliveryDelay_IsNotReturned()
    {
        _peer.SendBytes(Frames("nowhere", new FieldTable { ["x-opt-delivery-delay"] = 1_000 }, "m"u8.ToArray(), mandatory: true));
        _peer.ExpectNothingMore(1);
    }

    [Fact]
    public void Publish_NoNumber_ClosesTheChannelWith406()
    {
        Publish("a", new FieldTable { ["x-opt-delivery-delay"] = "soon" }, "m");

        Assert.Equal(
            "PRECONDITION_FAILED - invalid message: header 'x-opt-delivery-delay' must be a whole number of milliseconds",
            _peer.ExpectChannelClose(1).Text);
    }

    [Theory]
    [InlineData(null, "PRECONDITION_FAILED - Invalid argument, 'x-delayed-type' must be an existing exchange type")]
    [InlineData(5, "PRECONDITION_FAILED - Invalid argument, 'x-delayed-type' must be an existing exchange type")]
    [InlineData("x-delayed-message", "PRECONDITION_FAILED - Invalid argument, 'x-delayed-type' must be an existing exchange type")]
    [InlineData("nonsense", "PRECONDITION_FAILED - unknown exchange type 'nonsense'")]
    public void Declare_DelayedTypeIsWrong_ClosesTheChannelWith406(object? type, string expected)
    {
        SendDeclare("x", type is null ? new FieldTable() : new FieldTable { ["x-delayed-type"] = type });

        Assert.Equal(expected, _peer.ExpectChannelClose(1).Text);
    }

    [Fact]
    public void Declare_AgainWithAnotherDelayedType_ClosesTheChannelWith406()
    {
        DeclareDelayed("x", "direct");
        SendDeclare("x", new FieldTable { ["x-delayed-type"] = "topic" });

        Assert.StartsWith("PRECONDITION_FAILED - inequivalent arg 'x-delayed-type' for exchange 'x' in vhost '/'", _peer.ExpectChannelClose(1).Text, StringComparison.Ordinal);
    }

    private DelayLog? Delays => _broker.Broker.VirtualHosts.TryGet("/", out VirtualHost? host) ? host.Delays : null;

    private static byte[] Frames(string key, FieldTable headers, byte[] body, string exchange = "", bool mandatory = false) => AmqpPeer.PublishFrames(
        1,
        new BasicPublish { Exchange = Encoding.UTF8.GetBytes(exchange), RoutingKey = Encoding.UTF8.GetBytes(key), Mandatory = mandatory },
        new BasicPropertyValues { Headers = headers, DeliveryMode = 2, MessageId = "id" }.ToArray(),
        body);

    private void Publish(string key, FieldTable headers, string body, string exchange = "") =>
        _peer.SendBytes(Frames(key, headers, Encoding.UTF8.GetBytes(body), exchange));

    private void Advance(long milliseconds) => _time.Advance(TimeSpan.FromMilliseconds(milliseconds + Deadlines.TickMs));

    private FieldTable LastHeaders()
    {
        Assert.True(BasicProperties.TryRead(_peer.LastProperties, out BasicProperties read));
        return BasicPropertyValues.From(read).Headers!;
    }

    private void DeclareDelayed(string name, string type)
    {
        SendDeclare(name, new FieldTable { ["x-delayed-type"] = type });
        _peer.Expect(MethodId.ExchangeDeclareOk);
    }

    private void SendDeclare(string name, FieldTable arguments) => _peer.Send(
        1,
        new ExchangeDeclare { Exchange = Encoding.UTF8.GetBytes(name), ExchangeType = "x-delayed-message"u8, Durable = true, Arguments = FieldTableCodec.ToArray(arguments) });

    private void Bind(string queue, string exchange, string key, FieldTable? arguments = null)
    {
        _peer.Send(1, new QueueBind
        {
            Queue = Encoding.UTF8.GetBytes(queue),
            Exchange = Encoding.UTF8.GetBytes(exchange),
            RoutingKey = Encoding.UTF8.GetBytes(key),
            Arguments = FieldTableCodec.ToArray(arguments ?? new FieldTable()),
        });
        _peer.Expect(MethodId.QueueBindOk);
    }
}
