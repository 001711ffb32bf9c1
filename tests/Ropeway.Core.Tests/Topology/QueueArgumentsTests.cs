using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Topology;

public sealed class QueueArgumentsTests
{
    private readonly TestHost _test = new();

    public static TheoryData<string, object?> Accepted => new()
    {
        { "x-queue-type", "classic" },
        { "x-queue-type", "quorum" },
        { "x-queue-mode", "lazy" },
        { "x-queue-version", 2 },
        { "x-queue-leader-locator", "balanced" },
        { "x-expires", 1 },
        { "x-message-ttl", 0 },
        { "x-message-ttl", 134_217_728_000 }, // NServiceBus.
        { "x-dead-letter-exchange", string.Empty },
        { "x-max-length", 0 },
        { "x-max-length-bytes", 5_000_000_000 },
        { "x-overflow", "reject-publish-dlx" },
        { "x-single-active-consumer", true },
        { "x-delivery-limit", -1 },
        { "x-max-priority", 255 },
        { "x-sequence-header", true },
        { "x-ack-retention", 0 },
        { "x-ack-retention", 5_000_000_000 },
        { "x-message-groups", true },
        { "x-delayed-retry-type", "disabled" },
        { "x-delayed-retry-min", 1 },
        { "x-delayed-retry-max", 315_360_000_000 },
        { "x-delayed-retry-multiplier", 1000 },
        { "x-delayed-retry-jitter", 100 },
        { "x-something-of-mine", 5 },
    };

    public static TheoryData<string, object?, string> Refused => new()
    {
        { "x-queue-type", "steam", "\"unsupported queue type 'steam'\"" },
        { "x-queue-type", 1, "{unacceptable_type,signedint}" },
        { "x-queue-mode", "eager", "\"unsupported queue mode 'eager'\"" },
        { "x-queue-version", 3, "\"unsupported queue version '3'\"" },
        { "x-expires", 0, "{value_zero,0}" },
        { "x-expires", -1, "{value_negative,-1}" },
        { "x-expires", "10", "\"expected integer, got longstr\"" },
        { "x-message-ttl", -1, "{value_negative,-1}" },
        { "x-message-ttl", 315_360_000_001, "{value_too_large,315360000001}" },
        { "x-message-ttl", 1.5, "\"expected integer, got double\"" },
        { "x-dead-letter-routing-key", "k", "routing_key_but_no_dlx_defined" },
        { "x-dead-letter-routing-key", 1, "{unacceptable_type,signedint}" },
        { "x-dead-letter-routing-key", new string('k', 256), "\"expected a routing key of at most 255 octets\"" },
        { "x-max-length", -1, "{value_negative,-1}" },
        { "x-max-length-bytes", "1", "\"expected integer, got longstr\"" },
        { "x-overflow", "drop-tail", "invalid_overflow" },
        { "x-overflow", 1, "{unacceptable_type,signedint}" },
        { "x-single-active-consumer", "true", "{unacceptable_type,longstr}" },
        { "x-delayed-retry-type", "some", "invalid_delayed_retry_type" },
        { "x-delayed-retry-min", 0, "{value_zero,0}" },
        { "x-delayed-retry-max", "1", "\"expected integer, got longstr\"" },
        { "x-delayed-retry-multiplier", 1001, "{value_too_large,1001}" },
        { "x-delayed-retry-jitter", 101, "{value_too_large,101}" },
        { "x-sequence-header", "yes", "{unacceptable_type,longstr}" },
        { "x-ack-retention", -1, "{value_negative,-1}" },
        { "x-ack-retention", "1h", "\"expected integer, got longstr\"" },
        { "x-message-groups", 1, "{unacceptable_type,signedint}" },
        { "x-delivery-limit", "3", "\"expected integer, got longstr\"" },
        { "x-max-priority", 256, "{max_value_exceeded,256}" },
        { "x-max-priority", -1, "{value_negative,-1}" },
        { "x-consumer-timeout", -1, "{value_negative,-1}" },
        { "x-queue-leader-locator", "here", "invalid_queue_locator_arg" },
    };

    public static TheoryData<string> NotThereYet =>
    [
        "x-name-prefix",
    ];

    [Theory]
    [MemberData(nameof(Accepted))]
    public void DeclareQueue_KnownOrUnknownArgument_IsAccepted(string name, object? value) =>
        Assert.Equal(value, _test.Queue("q", durable: true, new FieldTable { [name] = value }).Settings.Arguments![name]);

    [Theory]
    [MemberData(nameof(Refused))]
    public void DeclareQueue_WrongValue_IsRefused(string name, object? value, string problem) => Refusals.AssertRefused(
        RefusalReason.PreconditionFailed,
        $"invalid arg '{name}' for queue 'q' in vhost '/': {problem}",
        () => _test.Queue("q", durable: true, new FieldTable { [name] = value }));

    [Theory]
    [InlineData("x-quorum-initial-group-size", 0, "{value_zero,0}")]
    [InlineData("x-quorum-initial-group-size", "3", "\"expected integer, got longstr\"")]
    [InlineData("x-max-in-memory-length", -1, "{value_negative,-1}")]
    [InlineData("x-dead-letter-strategy", "twice", "invalid_dlx_strategy")]
    [InlineData("x-member-placement-tag", "", "invalid_member_placement_tag_arg")]
    [InlineData("x-consumer-disconnected-timeout", -1, "{value_negative,-1}")]
    [InlineData("x-consumer-disconnected-timeout", "1", "\"expected integer, got longstr\"")]
    public void DeclareQueue_WrongValueForQuorum_IsRefused(string name, object value, string problem) => Refusals.AssertRefused(
        RefusalReason.PreconditionFailed,
        $"invalid arg '{name}' for queue 'q' in vhost '/': {problem}",
        () => _test.Queue("q", durable: true, new FieldTable { ["x-queue-type"] = "quorum", [name] = value }));

    [Fact]
    public void DeclareQueue_HintForAQuorumQueueInACluster_IsKept()
    {
        Queue queue = _test.Queue("q", durable: true, new FieldTable { ["x-queue-type"] = "quorum", ["x-consumer-disconnected-timeout"] = 60_000 });

        Assert.Equal(60_000, queue.Settings.Arguments!["x-consumer-disconnected-timeout"]);
        Assert.Throws<RefusedException>(() => _test.Queue("q", durable: true, new FieldTable { ["x-queue-type"] = "quorum", ["x-consumer-disconnected-timeout"] = 1 }));
    }

    [Fact]
    public void DeclareQueue_WrongValueOfAnArgumentOfAnotherType_IsRefusedForTheType() => Refusals.AssertRefused(
        RefusalReason.PreconditionFailed,
        "invalid arg 'x-max-age' for queue 'q' in vhost '/' of queue type rabbit_classic_queue",
        () => _test.Queue("q", durable: true, new FieldTable { ["x-max-age"] = "soon" }));

    [Theory]
    [MemberData(nameof(NotThereYet))]
    public void DeclareQueue_FeatureOfALaterRelease_IsRefusedNotIgnored(string name)
    {
        Refusals.AssertRefused(
            RefusalReason.PreconditionFailed,
            $"invalid arg '{name}' for queue 'q' in vhost '/': not supported by this release",
            () => _test.Queue("q", durable: true, new FieldTable { [name] = 1 }));
        Assert.Empty(_test.Host.ListQueues());
        Assert.Empty(_test.Metadata.Logs);
    }

    [Theory]
    [InlineData("classic", "x-quorum-initial-group-size", 3)]
    [InlineData("classic", "x-max-in-memory-length", 0)]
    [InlineData("classic", "x-consumer-disconnected-timeout", 1)]
    [InlineData("stream", "x-consumer-disconnected-timeout", 1)]
    [InlineData("classic", "x-dead-letter-strategy", "at-least-once")]
    [InlineData("quorum", "x-max-priority", 5)]
    [InlineData("quorum", "x-queue-mode", "lazy")]
    [InlineData("quorum", "x-queue-version", 2)]
    public void DeclareQueue_ArgumentOfTheOtherType_IsRefused(string type, string name, object value) => Refusals.AssertRefused(
        RefusalReason.PreconditionFailed,
        $"invalid arg '{name}' for queue 'q' in vhost '/' of queue type rabbit_{type}_queue",
        () => _test.Queue("q", durable: true, new FieldTable { ["x-queue-type"] = type, [name] = value }));

    [Fact]
    public void DeclareQueue_DeadLetterExchangeThatIsNoText_IsRefusedFirst() => Refusals.AssertRefused(
        RefusalReason.PreconditionFailed,
        "invalid type 'signedint' for arg 'x-dead-letter-exchange' in queue 'q' in vhost '/'",
        () => _test.Queue("q", arguments: new FieldTable { ["x-queue-mode"] = "eager", ["x-dead-letter-exchange"] = 5 }));

    [Theory]
    [InlineData(false, false, "non-durable")]
    [InlineData(true, true, "auto-delete")]
    public void DeclareQueue_QuorumWithOtherProperties_IsRefused(bool durable, bool autoDelete, string property) => Refusals.AssertRefused(
        RefusalReason.PreconditionFailed,
        $"invalid property '{property}' for queue 'q' in vhost '/'",
        () => _test.Queue("q", durable, new FieldTable { ["x-queue-type"] = "quorum" }, autoDelete));
}
