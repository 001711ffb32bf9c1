using Ropeway.Core.Queues;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Queues;

public sealed class EffectiveArgumentsTests
{
    [Fact]
    public void From_NothingSaid_IsTheSharedInstance()
    {
        Assert.Same(EffectiveArguments.None, From([]));
        Assert.Same(EffectiveArguments.None, From(new FieldTable { ["x-queue-mode"] = "lazy" }));
        Assert.Same(From(new FieldTable { ["x-queue-type"] = "quorum" }), From(new FieldTable { ["x-queue-type"] = "quorum" }));
    }

    [Fact]
    public void From_ArgumentsOfEveryWidth_AreTaken()
    {
        EffectiveArguments found = From(new FieldTable
        {
            ["x-message-ttl"] = 134_217_728_000L,
            ["x-expires"] = 1_000,
            ["x-max-length"] = (byte)7,
            ["x-max-length-bytes"] = 4_000_000_000u,
            ["x-overflow"] = "reject-publish-dlx",
            ["x-dead-letter-exchange"] = string.Empty,
            ["x-dead-letter-routing-key"] = "dead",
            ["x-dead-letter-strategy"] = "at-least-once",
            ["x-max-priority"] = (sbyte)10,
            ["x-single-active-consumer"] = true,
            ["x-delivery-limit"] = (short)3,
            ["x-consumer-timeout"] = 60_000,
            ["x-sequence-header"] = true,
            ["x-ack-retention"] = 604_800_000_000L,
            ["x-message-groups"] = true,
        });

        EffectiveArguments expected = new()
        {
            MessageTtlMs = 134_217_728_000,
            ExpiresMs = 1_000,
            MaxLength = 7,
            MaxLengthBytes = 4_000_000_000,
            Overflow = Overflow.RejectPublishDlx,
            DeadLetterExchange = string.Empty,
            DeadLetterRoutingKey = "dead",
            DeadLetterStrategy = DeadLetterStrategy.AtLeastOnce,
            MaxPriority = 10,
            IsSingleActiveConsumer = true,
            DeliveryLimit = 3,
            ConsumerTimeoutMs = 60_000,
            HasSequenceHeader = true,
            AckRetentionMs = 604_800_000_000,
            HasMessageGroups = true,
        };
        Assert.Equal(expected, found);
    }

    [Theory]
    [InlineData(null, null, null, false)]
    [InlineData(true, null, null, true)]
    [InlineData(null, true, null, true)]
    [InlineData(null, null, true, true)]
    [InlineData(null, true, false, false)]
    [InlineData(false, true, true, false)]
    public void From_MessageGroups_TheArgumentWinsThenTheOperator(bool? argument, bool? policy, bool? operatorPolicy, bool expected) => Assert.Equal(
        expected, From(Table("message-groups", argument), Policy("message-groups", policy), Policy("message-groups", operatorPolicy)).HasMessageGroups);

    [Theory]
    [InlineData(5, null, null, 5L)]
    [InlineData(null, 5, null, 5L)]
    [InlineData(null, null, 5, 5L)]
    [InlineData(9, 5, 7, 5L)]
    [InlineData(3, 5, 7, 3L)]
    [InlineData(9, 8, 7, 7L)]
    [InlineData(0, 8, null, 0L)]
    public void From_NumberInSeveralPlaces_TheLowestWins(int? argument, int? policy, int? operatorPolicy, long expected)
    {
        Assert.Equal(expected, From(Table("message-ttl", argument), Policy("message-ttl", policy), Policy("message-ttl", operatorPolicy)).MessageTtlMs);
        Assert.Equal(expected, From(Table("max-length", argument), Policy("max-length", policy), Policy("max-length", operatorPolicy)).MaxLength);
    }

    [Theory]
    [InlineData("classic", null, null, null)]
    [InlineData("classic", 4, null, 4L)]
    [InlineData("quorum", null, null, 20L)]
    [InlineData("quorum", 50, null, 50L)]
    [InlineData("quorum", -1, null, null)] // RabbitMQ 4: a negative limit is none.
    [InlineData("quorum", -1, 6, 6L)]
    [InlineData("quorum", 6, -1, 6L)]
    [InlineData("quorum", 6, 5, 5L)]
    public void From_DeliveryLimit_DependsOnTheType(string type, int? argument, int? policy, long? expected)
    {
        FieldTable arguments = Table("delivery-limit", argument);
        arguments["x-queue-type"] = type;
        Assert.Equal(expected, From(arguments, Policy("delivery-limit", policy)).DeliveryLimit);
    }

    [Fact]
    public void From_RetryWithoutALimit_HasTheOneOfQuorumQueues()
    {
        FieldTable arguments = new() { ["x-delayed-retry-type"] = "all", ["x-delayed-retry-min"] = 10, ["x-delayed-retry-multiplier"] = 2, ["x-delayed-retry-jitter"] = 50 };

        Assert.Equal(EffectiveArguments.QuorumDeliveryLimit, From(arguments).DeliveryLimit);
        Assert.Equal(new RetryRule(RetryKind.All, 10, RetryRule.DelayHighestMs, 2, 50), From(arguments).Retry);
        Assert.Null(From(new FieldTable { ["x-delayed-retry-type"] = "all" }).Retry); // As RabbitMQ: nothing says how long.
    }

    [Theory]
    [InlineData("mine", "policy", "mine")]
    [InlineData(null, "policy", "policy")]
    public void From_TextInSeveralPlaces_TheArgumentWins(string? argument, string? policy, string expected)
    {
        Assert.Equal(expected, From(Table("dead-letter-exchange", argument), Policy("dead-letter-exchange", policy)).DeadLetterExchange);
    }

    [Fact]
    public void From_OverflowInBothPolicies_TheOperatorWins() => Assert.Equal(
        Overflow.RejectPublish,
        From([], Policy("overflow", "drop-head"), Policy("overflow", "reject-publish")).Overflow);

    [Theory]
    [InlineData(0, 1)] // RabbitMQ makes at least two levels.
    [InlineData(255, 255)]
    public void From_MaxPriority_IsOneAtLeast(int argument, int expected) => Assert.Equal(expected, From(Table("max-priority", argument)).MaxPriority);

    private static EffectiveArguments From(FieldTable arguments, Dictionary<string, object?>? policy = null, Dictionary<string, object?>? operatorPolicy = null) =>
        EffectiveArguments.From(new QueueSettings("q", Durable: true, Exclusive: false, AutoDelete: false, arguments, Owner: null), policy, operatorPolicy);

    private static FieldTable Table(string name, object? value) => value is null ? [] : new FieldTable { ["x-" + name] = value };

    private static Dictionary<string, object?>? Policy(string name, object? value) => value is null ? null : new Dictionary<string, object?>(StringComparer.Ordinal) { [name] = value };
}
