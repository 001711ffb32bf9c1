using Ropeway.Server.Bench;

namespace Ropeway.Bench.Tests;

public class AmqpTargetTests
{
    [Theory]
    [InlineData("amqp://localhost", "localhost", 5672, "guest", "guest", "/")]
    [InlineData("amqp://localhost/", "localhost", 5672, "guest", "guest", "/")]
    [InlineData("127.0.0.1:5673", "127.0.0.1", 5673, "guest", "guest", "/")]
    [InlineData("amqp://a:b@host:1/v", "host", 1, "a", "b", "v")]
    [InlineData("amqp://a%40x:b%2Fc%3A@host/%2F", "host", 5672, "a@x", "b/c:", "/")]
    [InlineData("amqp://a@host/a%2Fb", "host", 5672, "a", "guest", "a/b")]
    [InlineData("amqp://[::1]:5671/v", "::1", 5671, "guest", "guest", "v")]
    public void Parse_Uri_GivesItsParts(string uri, string host, int port, string user, string password, string virtualHost)
    {
        Assert.Equal(new AmqpTarget(host, port, user, password, virtualHost), AmqpTarget.Parse(uri));
    }

    [Theory]
    [InlineData("")]
    [InlineData("amqp://")]
    [InlineData("amqps://host")]
    [InlineData("http://host")]
    [InlineData("amqp://host:notaport")]
    public void Parse_SomethingElse_SaysWhatWasExpected(string text)
    {
        BenchException fault = Assert.Throws<BenchException>(() => AmqpTarget.Parse(text));
        Assert.Contains("amqp://", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ToString_HasNoPassword()
    {
        Assert.DoesNotContain("secret", AmqpTarget.Parse("amqp://me:secret@host/v").ToString(), StringComparison.Ordinal);
    }
}
