namespace Ropeway.Transport.Tests;

public sealed class GatheringTests
{
    private const long TicksPerSecond = 1_000_000;
    private long _now = 5 * TicksPerSecond;

    [Fact]
    public void Decide_StreamOfSmallMessages_GathersForAsLongAsItPays()
    {
        var gathering = new Gathering(TicksPerSecond);
        Window(gathering, microsecondsPerWake: 5, bytesPerReceive: 150); // The first window has no beginning.
        Window(gathering, microsecondsPerWake: 5, bytesPerReceive: 150);
        Assert.True(gathering.IsOn);

        Window(gathering, microsecondsPerWake: 60, bytesPerReceive: 1500);
        Window(gathering, microsecondsPerWake: 60, bytesPerReceive: 300);
        Assert.True(gathering.IsOn);
        Window(gathering, microsecondsPerWake: 60, bytesPerReceive: 299); // The stream has become slow: one or two messages a time.
        Assert.False(gathering.IsOn);
    }

    [Fact]
    public void Decide_PeersThatWaitForAnswers_IsTriedEverMoreSeldom()
    {
        var gathering = new Gathering(TicksPerSecond);
        Window(gathering, microsecondsPerWake: 5, bytesPerReceive: 150);
        long begin = _now;
        int gatheredWindows = 0;
        while (_now < begin + (10 * TicksPerSecond))
        {
            gatheredWindows += gathering.IsOn ? 1 : 0;
            Window(gathering, microsecondsPerWake: gathering.IsOn ? 60 : 5, bytesPerReceive: 150);
        }

        Assert.InRange(gatheredWindows, 10, 20); // After 20, 40 ... 640 ms, then once a second.
    }

    [Fact]
    public void Decide_SlowOrLargeArrivals_AreNotHeldUp()
    {
        var gathering = new Gathering(TicksPerSecond);
        for (int i = 0; i < 100; i++)
        {
            Window(gathering, microsecondsPerWake: 20, bytesPerReceive: 100_000);
            Assert.False(gathering.IsOn);
        }
    }

    private void Window(Gathering gathering, int microsecondsPerWake, int bytesPerReceive)
    {
        bool isDue = false;
        for (int i = 0; i < Gathering.WindowWakes; i++)
        {
            Assert.False(isDue);
            _now += microsecondsPerWake;
            gathering.OnReceived(bytesPerReceive);
            isDue = gathering.OnWake();
        }

        Assert.True(isDue);
        gathering.Decide(_now);
    }
}
