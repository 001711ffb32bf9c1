using System.Text;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>Sender-selected distribution: the headers CC and BCC, as clients see it.</summary>
public sealed class SenderSelectedTests : IDisposable
{
    private readonly TestBroker _broker = new();
    private readonly AmqpPeer _peer;

    public SenderSelectedTests()
    {
        _peer = _broker.Login();
        _peer.OpenChannel(1);
        foreach (string queue in (string[])["a", "b", "c"])
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
    public void Publish_CopyHeaders_ReachAllQueuesAndBccStaysHidden(int bodyBytes)
    {
        _peer.Publish(1, "a", "cached route"); // A message with copies must not take it.
        _peer.ExpectDelivery("cached route");
        byte[] body = [.. Enumerable.Range(0, bodyBytes).Select(i => (byte)i)];
        var headers = new FieldTable { ["before"] = 1, ["BCC"] = new FieldArray(["c"]), ["CC"] = new FieldArray(["b"]), ["after"] = "x" };
        byte[] frames = Frames("a", headers, body);
        for (int start = 0; start < frames.Length; start += 200_000)
        {
            _peer.SendBytes(frames.AsSpan(start, Math.Min(200_000, frames.Length - start)));
        }

        var tags = new List<string>();
        for (int i = 0; i < 3; i++)
        {
            PeerDelivery delivery = _peer.ExpectDelivery();
            tags.Add(delivery.ConsumerTag);
            Assert.Equal("a", delivery.RoutingKey);
            Assert.Equal(body, delivery.Body);
            Assert.True(BasicProperties.TryRead(_peer.LastProperties, out BasicProperties read));
            headers.Remove("BCC");
            Assert.Equal(new BasicPropertyValues { Headers = headers, DeliveryMode = 2, MessageId = "id" }, BasicPropertyValues.From(read));
        }

        Assert.Equal(["a", "b", "c"], tags.Order());
        _peer.Publish(1, "a", "again");
        Assert.Equal("a", _peer.ExpectDelivery("again").ConsumerTag);
        _peer.ExpectNothingMore(1);
    }

    [Fact]
    public void Publish_OnlyACopyIsRoutable_IsNotReturned()
    {
        _peer.SendBytes(Frames("nowhere", new FieldTable { ["CC"] = new FieldArray(["b"]) }, [1], mandatory: true));
        Assert.Equal("b", _peer.ExpectDelivery().ConsumerTag);
        _peer.SendBytes(Frames("nowhere", new FieldTable { ["BCC"] = new FieldArray(["nobody"]) }, [1], mandatory: true));
        _peer.Expect(MethodId.BasicReturn);
        _peer.ExpectContent();
        Assert.True(BasicProperties.TryRead(_peer.LastProperties, out BasicProperties read));
        Assert.Equal(4, read.Headers.Length); // The header is gone here as well.
    }

    [Theory]
    [InlineData("CC")]
    [InlineData("BCC")]
    public void Publish_CopyHeaderThatIsNoArray_ClosesTheChannelWith406(string name)
    {
        _peer.SendBytes(Frames("a", new FieldTable { [name] = "b" }, []));

        Assert.Equal(
            $"PRECONDITION_FAILED - invalid message: {{unacceptable_type_in_header,\"{name}\",longstr}}",
            _peer.ExpectChannelClose(1).Text);
    }

    private static byte[] Frames(string key, FieldTable headers, byte[] body, bool mandatory = false) => AmqpPeer.PublishFrames(
        1,
        new BasicPublish { RoutingKey = Encoding.UTF8.GetBytes(key), Mandatory = mandatory },
        new BasicPropertyValues { Headers = headers, DeliveryMode = 2, MessageId = "id" }.ToArray(),
        body);
}
