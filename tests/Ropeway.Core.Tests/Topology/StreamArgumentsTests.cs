using Ropeway.Core.Queues;
using Ropeway.Core.Streams;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Topology;

public sealed class StreamArgumentsTests
{
    private readonly TestHost _test = new();

    [Theory]
    [InlineData("x-max-age", "7D")]
    [InlineData("x-max-length-bytes", 0)]
    [InlineData("x-max-length-bytes", 20_000_000_000)]
    [InlineData("x-stream-max-segment-size-bytes", 3_000_000_000)]
    [InlineData("x-stream-filter-size-bytes", 16)]
    [InlineData("x-stream-filter-size-bytes", 255)]
    [InlineData("x-initial-cluster-size", 3)]
    [InlineData("x-queue-leader-locator", "client-local")]
    [InlineData("x-something-of-mine", 5)]
    public void DeclareQueue_ArgumentOfStreams_IsKept(string name, object value)
    {
        Queue queue = Declare(name, value);

        Assert.IsType<StreamQueue>(queue);
        Assert.Equal(QueueType.Stream, queue.Effective.QueueType);
        Assert.Equal(value, queue.Settings.Arguments![name]);
    }

    [Theory]
    [InlineData("x-max-age", "0D", "invalid_max_age")]
    [InlineData("x-max-age", "7X", "invalid_max_age")]
    [InlineData("x-max-age", "x", "invalid_max_age")]
    [InlineData("x-max-age", 7, "{unacceptable_type,signedint}")]
    [InlineData("x-max-length-bytes", -1, "{value_negative,-1}")]
    [InlineData("x-max-length-bytes", "a", "\"expected integer, got longstr\"")]
    [InlineData("x-stream-max-segment-size-bytes", -1, "{value_negative,-1}")]
    [InlineData("x-stream-max-segment-size-bytes", "x", "\"expected integer, got longstr\"")]
    [InlineData("x-stream-filter-size-bytes", "x", "\"expected integer, got longstr\"")]
    [InlineData("x-initial-cluster-size", 0, "{value_zero,0}")]
    [InlineData("x-initial-cluster-size", -1, "{value_negative,-1}")]
    public void DeclareQueue_WrongValue_IsRefused(string name, object value, string problem) =>
        AssertRefused($"invalid arg '{name}' for queue 's' in vhost '/': {problem}", () => Declare(name, value));

    [Theory]
    [InlineData("x-stream-max-segment-size-bytes", 3_000_000_001, "Exceeded max value for x-stream-max-segment-size-bytes")]
    [InlineData("x-stream-filter-size-bytes", 15, "Invalid value for  x-stream-filter-size-bytes")]
    [InlineData("x-stream-filter-size-bytes", 256, "Invalid value for  x-stream-filter-size-bytes")]
    public void DeclareQueue_SizeOutOfRange_IsRefused(string name, long value, string text) => AssertRefused(text, () => Declare(name, value));

    [Theory]
    [InlineData("x-message-ttl", 1)]
    [InlineData("x-expires", 1)]
    [InlineData("x-ack-retention", 1)]
    [InlineData("x-dead-letter-exchange", "d")]
    [InlineData("x-dead-letter-routing-key", "k")]
    [InlineData("x-max-length", 1)]
    [InlineData("x-max-priority", 1)]
    [InlineData("x-single-active-consumer", true)]
    [InlineData("x-message-groups", true)]
    [InlineData("x-overflow", "drop-head")]
    [InlineData("x-queue-mode", "lazy")]
    [InlineData("x-queue-version", 2)]
    [InlineData("x-quorum-initial-group-size", 1)]
    public void DeclareQueue_ArgumentOfQueues_IsRefused(string name, object value) =>
        AssertRefused($"invalid arg '{name}' for queue 's' in vhost '/' of queue type rabbit_stream_queue", () => Declare(name, value));

    [Theory]
    [InlineData("classic", "x-max-age", "1h")]
    [InlineData("quorum", "x-max-age", "1h")]
    [InlineData("classic", "x-stream-max-segment-size-bytes", 1000)]
    [InlineData("quorum", "x-initial-cluster-size", 1)]
    public void DeclareQueue_ArgumentOfStreamsOnAQueue_IsRefused(string type, string name, object value) => AssertRefused(
        $"invalid arg '{name}' for queue 's' in vhost '/' of queue type rabbit_{type}_queue",
        () => _test.Queue("s", durable: true, new FieldTable { ["x-queue-type"] = type, [name] = value }));

    [Theory]
    [InlineData(false, false, "non-durable")]
    [InlineData(true, true, "auto-delete")]
    public void DeclareQueue_StreamWithOtherProperties_IsRefused(bool durable, bool autoDelete, string property) => AssertRefused(
        $"invalid property '{property}' for queue 's' in vhost '/'",
        () => _test.Queue("s", durable, new FieldTable { ["x-queue-type"] = "stream" }, autoDelete));

    [Fact]
    public void EffectiveArguments_PolicyAndArgument_TheShorterAgeAndSizeHold()
    {
        var settings = new QueueSettings("s", Durable: true, Exclusive: false, AutoDelete: false, new FieldTable { ["x-queue-type"] = "stream", ["x-max-age"] = "7D" }, Owner: null);
        var effective = EffectiveArguments.From(
            settings,
            new Dictionary<string, object?> { ["max-age"] = "1h", ["max-length-bytes"] = 5_000 },
            new Dictionary<string, object?> { ["max-length-bytes"] = 4_000 });

        Assert.Equal(3_600_000, effective.MaxAgeMs);
        Assert.Equal(4_000, effective.MaxLengthBytes);
    }

    private static void AssertRefused(string text, Action action) => Refusals.AssertRefused(RefusalReason.PreconditionFailed, text, action);

    private Queue Declare(string name, object value) => _test.Queue("s", durable: true, new FieldTable { ["x-queue-type"] = "stream", [name] = value });
}
