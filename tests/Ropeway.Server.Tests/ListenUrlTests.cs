namespace Ropeway.Server.Tests;

public sealed class ListenUrlTests
{
    [Theory]
    [InlineData("amqp://127.0.0.1:5672", "127.0.0.1", 5672)]
    [InlineData("AMQP://127.0.0.1:0", "127.0.0.1", 0)]
    [InlineData("amqp://127.0.0.1", "127.0.0.1", 5672)]
    [InlineData("amqp://127.0.0.1:5673/", "127.0.0.1", 5673)]
    [InlineData("amqp://[::1]:5672", "::1", 5672)]
    [InlineData("amqp://[::]", "::", 5672)]
    [InlineData("amqp://broker.example:65535", "broker.example", 65535)]
    public void Parse_GoodUrl_GivesItsParts(string text, string host, int port) =>
        Assert.Equal(new ListenUrl("amqp", host, port), ListenUrl.Parse(text));

    [Theory]
    [InlineData("http", 15672)]
    [InlineData("metrics", 15692)]
    [InlineData("amqps", 5671)]
    public void Parse_OtherSchemeWithoutPort_TakesRabbitMqsPort(string scheme, int port) =>
        Assert.Equal(new ListenUrl(scheme, "127.0.0.1", port), ListenUrl.Parse($"{scheme}://127.0.0.1"));

    [Theory]
    [InlineData("127.0.0.1:5672", "no scheme")]
    [InlineData("://127.0.0.1", "no scheme")]
    [InlineData("amqp://", "no host")]
    [InlineData("amqp://:5672", "no host")]
    [InlineData("amqp://127.0.0.1:65536", "0 to 65535")]
    [InlineData("amqp://127.0.0.1:-1", "0 to 65535")]
    [InlineData("amqp://127.0.0.1:", "0 to 65535")]
    [InlineData("amqp://127.0.0.1:amqp", "0 to 65535")]
    [InlineData("amqp://::1", "brackets")]
    [InlineData("amqp://::1:5672", "brackets")]
    [InlineData("amqp://[::1", "brackets")]
    [InlineData("amqp://[127.0.0.1]:5672", "brackets")]
    [InlineData("amqp://guest:guest@127.0.0.1:5672", "only host and port")]
    [InlineData("amqp://127.0.0.1:5672/vhost", "only host and port")]
    public void Parse_BadUrl_SaysWhatIsWrong(string text, string reason)
    {
        StartupException fault = Assert.Throws<StartupException>(() => ListenUrl.Parse(text));
        Assert.Equal(ExitCode.ListenUrl, fault.ExitCode);
        Assert.Contains(reason, fault.Message, StringComparison.Ordinal);
        Assert.Contains(text, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_UnknownScheme_NamesTheKnownOnes()
    {
        StartupException fault = Assert.Throws<StartupException>(() => ListenUrl.Parse("gopher://127.0.0.1:70"));
        Assert.Equal(ExitCode.ListenScheme, fault.ExitCode);
        Assert.Contains("'gopher' is not supported; supported: amqp, amqps, http", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("amqp://127.0.0.1:5672")]
    [InlineData("amqp://[::1]:5672")]
    public void ToString_OfAParsedUrl_IsTheUrl(string text) => Assert.Equal(text, ListenUrl.Parse(text).ToString());
}
