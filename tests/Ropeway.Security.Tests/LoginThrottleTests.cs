using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace Ropeway.Security.Tests;

public sealed class LoginThrottleTests
{
    private static readonly IPAddress Address = IPAddress.Parse("203.0.113.7");

    private readonly FakeTimeProvider _time = new();
    private readonly LoginThrottle _throttle;

    public LoginThrottleTests() => _throttle = new LoginThrottle(_time, entryCountMax: 100);

    [Theory]
    [InlineData(4, 0)]
    [InlineData(5, 1)]
    [InlineData(6, 2)]
    [InlineData(7, 4)]
    [InlineData(10, 32)]
    [InlineData(11, 64)]
    [InlineData(1000, 64)]
    public void GetDelay_Failures_DoublesUpToAMinute(int failures, int expectedSeconds)
    {
        Fail("otto", failures);

        Assert.Equal(TimeSpan.FromSeconds(expectedSeconds), _throttle.GetDelay("otto", Address));
        Assert.Equal(TimeSpan.Zero, _throttle.GetDelay("anna", Address));
    }

    [Fact]
    public void GetDelay_TimePasses_Ends()
    {
        Fail("otto", 6);
        _time.Advance(TimeSpan.FromSeconds(1.5));
        Assert.Equal(TimeSpan.FromSeconds(0.5), _throttle.GetDelay("otto", Address));
        _time.Advance(TimeSpan.FromSeconds(0.5));
        Assert.Equal(TimeSpan.Zero, _throttle.GetDelay("otto", Address));
        Fail("otto", 1);
        Assert.Equal(TimeSpan.FromSeconds(4), _throttle.GetDelay("otto", Address)); // It goes on doubling,
        _time.Advance(TimeSpan.FromMinutes(16));
        Fail("otto", 1);
        Assert.Equal(TimeSpan.Zero, _throttle.GetDelay("otto", Address)); // and is forgotten after a while.
    }

    [Fact]
    public void OnSuccess_ForgetsTheFailures()
    {
        Fail("otto", 4);
        _throttle.OnSuccess("otto", Address);
        Fail("otto", 4);

        Assert.Equal(TimeSpan.Zero, _throttle.GetDelay("otto", Address));
    }

    [Fact]
    public void OnFailure_MoreUsersThanFit_ForgetsTheOldest()
    {
        Fail("first", 10);
        Fail("second", 10);
        for (int i = 0; i < 99; i++)
        {
            Fail($"user{i}", 1);
        }

        Assert.Equal(TimeSpan.Zero, _throttle.GetDelay("first", Address));
        Assert.NotEqual(TimeSpan.Zero, _throttle.GetDelay("second", Address));
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff::9", true)] // One network.
    [InlineData("2001:db8:1:2::1", "2001:db8:1:3::1", false)]
    [InlineData("203.0.113.7", "::ffff:203.0.113.7", true)]
    [InlineData("203.0.113.7", "203.0.113.8", false)]
    public void GetDelay_OtherAddress_CountsTogetherWithinOneNetwork(string failing, string asking, bool together)
    {
        for (int i = 0; i < 5; i++)
        {
            _throttle.OnFailure("otto", IPAddress.Parse(failing));
        }

        Assert.Equal(together, _throttle.GetDelay("otto", IPAddress.Parse(asking)) > TimeSpan.Zero);
    }

    private void Fail(string user, int times)
    {
        for (int i = 0; i < times; i++)
        {
            _throttle.OnFailure(user, Address);
        }
    }
}
