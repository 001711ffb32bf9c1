using System.Diagnostics;
using Ropeway.Server.Bench;

namespace Ropeway.Bench.Tests;

public class PacerTests
{
    private const long Start = 1_000_000;
    private static readonly long Second = Stopwatch.Frequency;

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(5_000)]
    [InlineData(7_777.7)]
    [InlineData(1_000_000)]
    public void DueTicks_AfterOneSecondOfMessages_IsOneSecondLater(double rate)
    {
        var pacer = new Pacer(Start, rate);

        Assert.Equal(Start, pacer.DueTicks(0));
        Assert.InRange(pacer.DueTicks((long)(rate * 10)) - Start, (Second * 10) - (long)(Second / rate) - 1, Second * 10);
    }

    [Fact]
    public void DueCount_BeforeTheStart_IsZero() => Assert.Equal(0, new Pacer(Start, 100).DueCount(Start - 1, 0));

    [Fact]
    public void DueCount_AtTheStart_IsTheFirstMessage() => Assert.Equal(1, new Pacer(Start, 100).DueCount(Start, 0));

    [Fact]
    public void DueCount_AfterAStall_OwesEveryMessageOfTheStall()
    {
        var pacer = new Pacer(Start, 1000);

        Assert.Equal(501, pacer.DueCount(Start + (Second / 2), 0));
        Assert.Equal(401, pacer.DueCount(Start + (Second / 2), 100));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(7)]
    [InlineData(333.3)]
    [InlineData(99_999.9)]
    public void DueCount_AtTheDueTimeOfAMessage_IsExactlyUpToIt(double rate)
    {
        var pacer = new Pacer(Start, rate);
        for (long message = 0; message < 10_000; message++)
        {
            long due = pacer.DueTicks(message);
            Assert.True(pacer.DueCount(due, message) >= 1, $"message {message} is due at its own time");
            Assert.Equal(0, pacer.DueCount(due - 1, message));
        }
    }
}
