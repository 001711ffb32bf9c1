using System.Text;

namespace Ropeway.Messages.Tests;

public sealed class StoredMessageTests
{
    private static readonly MessageHead Head = new(MessageOrigin.Amqp091, MessageFlags.Persistent, Priority: 7, TimestampMs: 1_700_000_000_123, ExpiresAtMs: 1_700_000_060_123);

    [Fact]
    public void Write_ThenTryRead_GivesTheSameMessage()
    {
        byte[] stored = Store(Head, "orders", "eu.berlin", [1, 2, 3], Encoding.UTF8.GetBytes("body"));

        Assert.True(StoredMessage.TryRead(stored, out StoredMessage message));
        Assert.Equal(Head, message.Head);
        Assert.Equal("orders", Encoding.UTF8.GetString(message.Exchange));
        Assert.Equal("eu.berlin", Encoding.UTF8.GetString(message.RoutingKey));
        Assert.Equal([1, 2, 3], message.Properties.ToArray());
        Assert.Equal("body", Encoding.UTF8.GetString(message.Body));
        Assert.Equal("body", Encoding.UTF8.GetString(stored.AsSpan(message.BodyStart)));
    }

    [Fact]
    public void TryRead_ExternalBody_KeepsLengthWithoutBytes()
    {
        byte[] stored = new byte[StoredMessage.GetByteCountWithoutBody(0, 1, 2)];
        StoredMessage.Write(stored, Head with { Flags = MessageFlags.ExternalBody }, [], "k"u8, [9, 9], bodyBytes: 5_000_000);

        Assert.True(StoredMessage.TryRead(stored, out StoredMessage message));
        Assert.True(message.IsBodyExternal);
        Assert.Equal(5_000_000, message.BodyBytes);
        Assert.True(message.Body.IsEmpty);
    }

    [Fact]
    public void TryRead_InTwoPieces_GivesTheSameMessage()
    {
        byte[] stored = Store(Head, "orders", "eu.berlin", [1, 2, 3], Encoding.UTF8.GetBytes("body"));
        byte[] head = stored[..StoredMessage.HeadBytes];
        byte[] rest = stored[StoredMessage.HeadBytes..];

        Assert.True(StoredMessage.TryRead(head, rest, out StoredMessage message));
        Assert.Equal(Head, message.Head);
        Assert.Equal("orders", Encoding.UTF8.GetString(message.Exchange));
        Assert.Equal("eu.berlin", Encoding.UTF8.GetString(message.RoutingKey));
        Assert.Equal([1, 2, 3], message.Properties.ToArray());
        Assert.Equal("body", Encoding.UTF8.GetString(message.Body));
        Assert.Equal("body", Encoding.UTF8.GetString(stored.AsSpan(message.BodyStart)));
        Assert.False(StoredMessage.TryRead(head, rest.AsSpan(1), out _));
        Assert.False(StoredMessage.TryRead(stored, [], out _));
    }

    [Fact]
    public void TryRead_AnyPrefix_IsRefused()
    {
        byte[] stored = Store(Head, "x", "y", [1], [2, 3]);
        for (int bytes = 0; bytes < stored.Length; bytes++)
        {
            Assert.False(StoredMessage.TryRead(stored.AsSpan(0, bytes), out _));
        }
    }

    [Fact]
    public void TryRead_LengthsBeyondThePayload_AreRefused()
    {
        byte[] stored = Store(Head, "x", "y", [1], [2, 3]);
        foreach (int lengthAt in (int[])[4, 5, 24, 27, 28, 31])
        {
            byte[] broken = [.. stored];
            broken[lengthAt] ^= 0x80;
            Assert.False(StoredMessage.TryRead(broken, out _));
        }
    }

    private static byte[] Store(MessageHead head, string exchange, string key, byte[] properties, byte[] body)
    {
        byte[] stored = new byte[StoredMessage.GetByteCountWithoutBody(exchange.Length, key.Length, properties.Length) + body.Length];
        Span<byte> bodySpace = StoredMessage.Write(stored, head, Encoding.UTF8.GetBytes(exchange), Encoding.UTF8.GetBytes(key), properties, body.Length);
        body.CopyTo(bodySpace);
        return stored;
    }
}
