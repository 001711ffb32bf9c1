using Ropeway.Server.Bench;

namespace Ropeway.Bench.Tests;

public class LoadShapeTests
{
    private static readonly AmqpBenchOptions Options = new() { Target = new AmqpTarget("", 0, "", "", "") };

    [Theory]
    [InlineData(16)]
    [InlineData(128)]
    [InlineData(16 * 1024)]
    [InlineData(100 * 1024 * 1024)]
    public void Of_WithoutABatch_WritesAbout64KiB(int bodyBytes)
    {
        AmqpBenchOptions options = Options with { BodyBytes = bodyBytes };
        LoadShape shape = LoadShape.Of(options);

        Assert.InRange(shape.BatchCount, 1, 64 * 1024 / 16);
        Assert.True(shape.BatchCount == 1 || shape.BatchCount * (long)bodyBytes <= 64 * 1024);
    }

    [Fact]
    public void Of_PacedProducer_WritesEachMessageAlone() => Assert.Equal(1, LoadShape.Of(Options with { RatePerProducer = 10 }).BatchCount);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 1)]
    [InlineData(100, 50)]
    public void Of_SmallConfirmWindow_KeepsTwoWritesUnderWay(int window, int batchCount)
    {
        Assert.Equal(batchCount, LoadShape.Of(Options with { ConfirmWindow = window }).BatchCount);
    }

    [Fact]
    public void Of_NobodyConsumes_HasNoDeliveryWindow() => Assert.Equal(0, LoadShape.Of(Options with { ConsumerCount = 0 }).DeliveryWindow);

    [Fact]
    public void RoutingKeys_TopicWithMoreBindingsThanSlots_SpreadOverAllBindings()
    {
        AmqpBenchOptions options = Options with { Routing = RoutingKind.Topic, BindingCount = 100_000 };
        LoadShape shape = LoadShape.Of(options);

        string[] keys = shape.RoutingKeys(options, producer: 0);

        Assert.Equal(keys.Length, keys.Distinct(StringComparer.Ordinal).Count());
        Assert.Single(keys.Select(key => key.Length).Distinct());
        Assert.True(string.CompareOrdinal(keys[^1], options.RoutingKey(90_000)) > 0, "the last slots use the last bindings");
    }

    [Fact]
    public void RoutingKeys_FewBindings_UseEachOfThem()
    {
        AmqpBenchOptions options = Options with { Routing = RoutingKind.Topic, BindingCount = 3 };

        Assert.Equal(3, LoadShape.Of(options).RoutingKeys(options, producer: 0).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void RoutingKeys_DefaultExchange_AreTheProducersQueue()
    {
        AmqpBenchOptions options = Options with { QueueCount = 3, ConsumerCount = 3 };

        Assert.All(LoadShape.Of(options).RoutingKeys(options, producer: 4), key => Assert.Equal("ropeway-bench.1", key));
    }
}
