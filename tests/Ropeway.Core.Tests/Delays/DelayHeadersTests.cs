using Ropeway.Core.Delays;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Delays;

public sealed class DelayHeadersTests
{
    private const long NowMs = 1_000_000;

    public static TheoryData<object, long> Delays => new()
    {
        { 5_000, 5_000 },
        { (sbyte)100, 100 },
        { (byte)200, 200 },
        { (short)300, 300 },
        { (ushort)40_000, 40_000 },
        { 4_000_000_000u, 4_000_000_000 },
        { 50_000_000_000L, 50_000_000_000 }, // Longer than RabbitMQ's plug-in can.
        { "7000", 7_000 },
        { 1_500.9, 1_500 },
        { 0, 0 },
        { -5, 0 },
        { "-5", 0 },
    };

    [Theory]
    [MemberData(nameof(Delays))]
    public void TryRead_Delay_IsCountedFromNow(object value, long delayMs)
    {
        long expected = delayMs == 0 ? 0 : NowMs + delayMs;

        Assert.Equal(new DelayHeaders(0, expected), Read(new FieldTable { ["a"] = 1, ["x-delay"] = value }));
        Assert.Equal(new DelayHeaders(expected, 0), Read(new FieldTable { ["x-opt-delivery-delay"] = value }));
    }

    [Fact]
    public void TryRead_Time_IsTaken()
    {
        Assert.Equal(NowMs + 1, Read(new FieldTable { ["x-opt-delivery-time"] = NowMs + 1 }).DueMs);
        Assert.Equal(0, Read(new FieldTable { ["x-opt-delivery-time"] = NowMs }).DueMs);
        Assert.Equal(2_000_000, Read(new FieldTable { ["x-opt-delivery-time"] = new FieldTimestamp(2_000) }).DueMs);
    }

    [Fact]
    public void TryRead_DelayAndTime_TheLaterHolds()
    {
        Assert.Equal(NowMs + 500, Read(new FieldTable { ["x-opt-delivery-time"] = NowMs + 100, ["x-opt-delivery-delay"] = 500 }).DueMs);
        Assert.Equal(NowMs + 900, Read(new FieldTable { ["x-opt-delivery-time"] = NowMs + 900, ["x-opt-delivery-delay"] = 500 }).DueMs);
    }

    [Fact]
    public void TryRead_DelayBeyondAllTime_NeverEnds() =>
        Assert.Equal(long.MaxValue, Read(new FieldTable { ["x-opt-delivery-delay"] = long.MaxValue }).DueMs);

    [Theory]
    [InlineData("x-delay", "header 'x-delay' must be a whole number of milliseconds")]
    [InlineData("x-opt-delivery-delay", "header 'x-opt-delivery-delay' must be a whole number of milliseconds")]
    [InlineData("x-opt-delivery-time", "header 'x-opt-delivery-time' must be a time in milliseconds since 1970")]
    public void TryRead_NoNumber_SaysWhy(string name, string expected)
    {
        foreach (object? value in (object?[])["soon", "5s", string.Empty, true, null, double.NaN, new FieldArray([1]), new FieldTable { ["ms"] = 1 }])
        {
            byte[] headers = FieldTableCodec.ToArray(new FieldTable { [name] = value });

            Assert.False(DelayHeaders.TryRead(headers, NowMs, out DelayHeaders delay, out string? problem));
            Assert.Equal(expected, problem);
            Assert.False(delay.AreAny);
        }
    }

    [Fact]
    public void MayBeIn_OtherHeaders_AreNotLookedAt()
    {
        Assert.False(DelayHeaders.MayBeIn(FieldTableCodec.ToArray(new FieldTable { ["x-death"] = 1, ["delay"] = 5 })));
        Assert.False(DelayHeaders.MayBeIn([]));
    }

    private static DelayHeaders Read(FieldTable headers)
    {
        byte[] encoded = FieldTableCodec.ToArray(headers);
        Assert.True(DelayHeaders.MayBeIn(encoded));
        Assert.True(DelayHeaders.TryRead(encoded, NowMs, out DelayHeaders delay, out string? problem));
        Assert.Null(problem);
        return delay;
    }
}
