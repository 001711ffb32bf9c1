using Ropeway.Core.Policies;
using Ropeway.Core.Tests.Topology;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Policies;

/// <summary>What a policy may say.</summary>
public sealed class PolicyTests
{
    public static TheoryData<string, object?, string> WrongValues => new()
    {
        { "alternate-exchange", 1, "1 is not a valid alternate exchange name" },
        { "message-ttl", -1, "-1 is not a valid message TTL" },
        { "message-ttl", "soon", "<<\"soon\">> is not a valid message TTL" },
        { "expires", 0, "0 is not a valid queue expiry" },
        { "max-length", -5L, "-5 is not a valid maximum length" },
        { "max-length-bytes", true, "true is not a valid maximum length in bytes" },
        { "overflow", "drop-tail", "<<\"drop-tail\">> is not a valid overflow value" },
        { "dead-letter-exchange", 5, "5 is not a valid dead letter exchange name" },
        { "dead-letter-routing-key", false, "false is not a valid dead letter routing key" },
        { "dead-letter-strategy", "maybe", "<<\"maybe\">> is not a valid dead letter strategy" },
        { "delivery-limit", "5", "<<\"5\">> is not a valid delivery limit" },
        { "delayed-retry-type", "some", "<<\"some\">> is not a valid delayed retry type. Must be one of: all, failed, returned, disabled" },
        { "delayed-retry-min", 0, "0 is not a valid delayed retry minimum delay. Must be a positive integer" },
        { "delayed-retry-max", "1", "<<\"1\">> is not a valid delayed retry maximum delay. Must be a positive integer" },
        { "delayed-retry-multiplier", 0, "0 is not a valid delayed retry multiplier" },
        { "delayed-retry-jitter", 101, "101 is not a valid delayed retry jitter in percent" },
        { "sequence-header", "yes", "<<\"yes\">> is not a valid sequence-header value" },
        { "ack-retention", -1, "-1 is not a valid retention of acknowledged messages" },
        { "message-groups", "yes", "<<\"yes\">> is not a valid message-groups value" },
        { "consumer-timeout", -1, "-1 is not a valid consumer timeout" },
        { "queue-mode", "eager", "<<\"eager\">> is not a valid queue-mode value" },
        { "queue-version", 3, "3 is not a valid queue-version value" },
        { "max-age", "5", "<<\"5\">> is not a valid max age" },
        { "max-age", "xD", "<<\"xD\">> is not a valid max age" },
        { "stream-filter-size-bytes", 256, "256 is not a valid filter size. Valid range is 16-255" },
        { "queue-leader-locator", "here", "<<\"here\">> is not a valid queue leader locator value" },
        { "ha-mode", "some", "<<\"some\">> is not a valid ha-mode value" },
        { "federation-upstream-set", 1, "1 is not a valid federation upstream set name" },
    };

    [Theory]
    [MemberData(nameof(WrongValues))]
    public void Create_WrongValue_IsRefused(string name, object? value, string text) => AssertRefused(text, new FieldTable { [name] = value });

    public static TheoryData<string, object> GoodValues => new()
    {
        { "message-ttl", 134_217_728_000L },
        { "message-ttl", 0 },
        { "expires", 1 },
        { "max-length", 0 },
        { "ack-retention", 604_800_000_000L },
        { "delivery-limit", -1 },
        { "max-age", "7D" },
        { "stream-filter-size-bytes", 16 },
        { "ha-mode", "all" },
        { "federation-upstream", "any" },
        { "queue-leader-locator", "balanced" },
    };

    [Theory]
    [MemberData(nameof(GoodValues))]
    public void Create_GoodValue_IsTaken(string name, object value) =>
        Assert.Equal(value, Create(new FieldTable { [name] = value }).Definition[name]);

    [Fact]
    public void Create_UnknownSettings_AreNamed() => AssertRefused(
        "[{<<\"max-lenght\">>,5},{<<\"colour\">>,<<\"red\">>}] are not recognised policy settings",
        new FieldTable { ["max-lenght"] = 5, ["max-length"] = 5, ["colour"] = "red" });

    [Fact]
    public void Create_RetryWithoutADelay_IsRefused() =>
        AssertRefused("delayed-retry-min is required when delayed-retry-type is all", new FieldTable { ["delayed-retry-type"] = "all" });

    [Fact]
    public void Create_RetryWithALongestDelayBelowTheFirst_IsRefused() => AssertRefused(
        "delayed-retry-max (4) must not be smaller than delayed-retry-min (5)",
        new FieldTable { ["delayed-retry-type"] = "all", ["delayed-retry-min"] = 5, ["delayed-retry-max"] = 4 });

    [Fact]
    public void Create_WithoutSettings_IsRefused() => AssertRefused("no policy provided", []);

    [Theory]
    [InlineData("message-ttl", true)]
    [InlineData("delivery-limit", true)]
    [InlineData("ack-retention", true)]
    [InlineData("overflow", false)]
    public void Create_OperatorPolicyWithALimit_IsTaken(string name, bool isNumber) => Assert.NotNull(
        Policy.Create(PolicyKind.Operator, "p", ".*", PolicyTarget.Queues, 0, new FieldTable { [name] = isNumber ? 5 : "drop-head" }));

    [Theory]
    [InlineData("dead-letter-exchange")]
    [InlineData("alternate-exchange")]
    [InlineData("ha-mode")]
    public void Create_OperatorPolicyWithAnythingElse_IsRefused(string name) => Refusals.AssertRefused(
        RefusalReason.PreconditionFailed,
        $"[{{<<\"{name}\">>,<<\"all\">>}}] are not recognised policy settings",
        () => Policy.Create(PolicyKind.Operator, "p", ".*", PolicyTarget.All, 0, new FieldTable { [name] = "all" }));

    [Fact]
    public void Create_SettingsAgainstEachOther_AreRefused()
    {
        AssertRefused(
            "ha-mode must be specified to specify ha-params, ha-sync-mode or ha-promote-on-shutdown",
            new FieldTable { ["ha-sync-mode"] = "automatic" });
        AssertRefused(
            "cannot specify federation-upstream, federation-upstream-set or federation-upstream-pattern together",
            new FieldTable { ["federation-upstream"] = "a", ["federation-upstream-set"] = "b" });
        AssertRefused(
            "dead-letter-strategy at-least-once needs overflow reject-publish, not drop-head",
            new FieldTable { ["dead-letter-strategy"] = "at-least-once", ["overflow"] = "drop-head" });
    }

    [Fact]
    public void Create_NothingToApplyTo_IsRefused()
    {
        AssertRefused(
            "nothing that apply-to 'exchanges' names has all of these settings: message-ttl",
            new FieldTable { ["message-ttl"] = 5 },
            PolicyTarget.Exchanges);
        AssertRefused(
            "nothing that apply-to 'queues' names has all of these settings: alternate-exchange",
            new FieldTable { ["alternate-exchange"] = "x" },
            PolicyTarget.Queues);
        AssertRefused( // Queues have no age, and streams no delivery limit.
            "nothing that apply-to 'all' names has all of these settings: max-age, delivery-limit",
            new FieldTable { ["max-age"] = "1D", ["delivery-limit"] = 5 });
        AssertRefused(
            "nothing that apply-to 'classic_queues' names has all of these settings: delivery-limit",
            new FieldTable { ["delivery-limit"] = 5 },
            PolicyTarget.ClassicQueues);
    }

    [Theory]
    [InlineData("(", "pattern should be regular expression but is invalid: ")]
    [InlineData("(?=x)", "pattern should be regular expression but is invalid: ")] // Needs backtracking.
    [InlineData(@"(a)\1", "pattern should be regular expression but is invalid: ")]
    public void Create_PatternThatIsNone_IsRefused(string pattern, string text)
    {
        RefusedException refused = Assert.Throws<RefusedException>(
            () => Policy.Create(PolicyKind.User, "p", pattern, PolicyTarget.All, 0, new FieldTable { ["max-length"] = 1 }));
        Assert.StartsWith(text, refused.Message, StringComparison.Ordinal);
        Assert.Equal(RefusalReason.PreconditionFailed, refused.Reason);
    }

    [Theory]
    [InlineData("", "anything", true)]
    [InlineData("^", "anything", true)]
    [InlineData("^work", "work", true)] // Plain characters alone are compared without an expression.
    [InlineData("^work", "work-1", true)]
    [InlineData("^work", "Work-1", false)]
    [InlineData("^work", "my-work", false)]
    [InlineData("^work", "wor", false)]
    [InlineData("work", "my-work", true)]
    [InlineData("^work.", "work", false)]
    [InlineData("^work$", "work-1", false)]
    [InlineData(@"^wo\wk", "work", true)]
    [InlineData("^^work", "work", true)]
    public void IsFor_Pattern_IsFoundInTheName(string pattern, string name, bool isFound)
    {
        Policy policy = Policy.Create(PolicyKind.User, "p", pattern, PolicyTarget.Queues, 0, new FieldTable { ["max-length"] = 1 });
        Assert.Equal(isFound, policy.IsFor(PolicyReach.Classic, name));
    }

    [Fact]
    public void Create_NameOrPatternTooLong_IsRefused()
    {
        Assert.Throws<RefusedException>(() => Policy.Create(PolicyKind.User, new string('n', 256), ".*", PolicyTarget.All, 0, new FieldTable { ["max-length"] = 1 }));
        Assert.Throws<RefusedException>(() => Policy.Create(PolicyKind.User, string.Empty, ".*", PolicyTarget.All, 0, new FieldTable { ["max-length"] = 1 }));
        Assert.Throws<RefusedException>(() => Policy.Create(PolicyKind.User, "p", new string('.', 4097), PolicyTarget.All, 0, new FieldTable { ["max-length"] = 1 }));
    }

    [Theory]
    [InlineData("all", PolicyTarget.All)]
    [InlineData("queues", PolicyTarget.Queues)]
    [InlineData("classic_queues", PolicyTarget.ClassicQueues)]
    [InlineData("quorum_queues", PolicyTarget.QuorumQueues)]
    [InlineData("streams", PolicyTarget.Streams)]
    [InlineData("exchanges", PolicyTarget.Exchanges)]
    public void PolicyTargets_KnownName_IsRead(string name, PolicyTarget expected)
    {
        Assert.Equal(expected, PolicyTargets.Parse(name));
        Assert.Equal(name, PolicyTargets.GetName(expected));
    }

    [Fact]
    public void PolicyTargets_UnknownName_IsRefused() => Refusals.AssertRefused(
        RefusalReason.PreconditionFailed,
        "apply-to 'topics' unrecognised; should be one of: 'queues', 'classic_queues',  'quorum_queues', 'streams', 'exchanges', or 'all'",
        () => PolicyTargets.Parse("topics"));

    private static Policy Create(FieldTable definition, PolicyTarget target = PolicyTarget.All) =>
        Policy.Create(PolicyKind.User, "p", ".*", target, 0, definition);

    private static void AssertRefused(string text, FieldTable definition, PolicyTarget target = PolicyTarget.All) =>
        Refusals.AssertRefused(RefusalReason.PreconditionFailed, text, () => Create(definition, target));
}
