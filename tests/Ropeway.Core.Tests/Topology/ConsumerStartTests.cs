using Ropeway.Core.Streams;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Topology;

public sealed class ConsumerStartTests
{
    private const long NowMs = 1_800_000_000_000;

    public static TheoryData<object?, StreamStart> Starts => new()
    {
        { "first", StreamStart.First },
        { "last", StreamStart.Last },
        { "next", StreamStart.Next },
        { 0, StreamStart.At(0) },
        { 5L, StreamStart.At(5) },
        { -1, StreamStart.At(0) },
        { (byte)3, StreamStart.At(3) },
        { new FieldTimestamp(1_700_000_000), StreamStart.AtTime(1_700_000_000_000) },
        { new FieldTimestamp(ulong.MaxValue), StreamStart.AtTime(long.MaxValue / 1000 * 1000) },
        { "1h", StreamStart.AtTime(NowMs - 3_600_000) },
    };

    public static TheoryData<object?, string> Refused => new()
    {
        { "1x", "{longstr,<<\"1x\">>}" },
        { "0s", "{longstr,<<\"0s\">>}" },
        { string.Empty, "{longstr,<<\"\">>}" },
        { true, "{bool,true}" },
        { null, "{void,undefined}" },
        { 2.5, "{double,2.5}" },
        { new FieldArray { 1 }, "{array,an array of 1 values}" },
    };

    [Theory]
    [MemberData(nameof(Starts))]
    public void ReadStart_AsRabbitMqTakesIt_IsUnderstood(object? value, StreamStart expected) => Assert.Equal(expected, Read("x-stream-offset", value));

    [Fact]
    public void ReadStart_NothingSaid_IsNext() => Assert.Equal(StreamStart.Next, Read("x-something", 1));

    [Theory]
    [MemberData(nameof(Refused))]
    public void ReadStart_AnythingElse_IsRefused(object? value, string described) => Refusals.AssertRefused(
        RefusalReason.PreconditionFailed,
        $"invalid arg 'x-stream-offset' for queue 's' in vhost '/': {{invalid_stream_offset_arg,{described}}}",
        () => Read("x-stream-offset", value));

    [Fact]
    public void ReadStart_PriorityOfAConsumer_IsRefused() => Refusals.AssertRefused(
        RefusalReason.PreconditionFailed,
        "invalid arg 'x-priority' for queue 's' in vhost '/' of queue type rabbit_stream_queue",
        () => Read("x-priority", 5));

    private static StreamStart Read(string name, object? value) => ConsumerArguments.ReadStart(new FieldTable { [name] = value }, "s", "/", NowMs);
}
