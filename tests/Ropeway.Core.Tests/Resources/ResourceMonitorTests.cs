using Microsoft.Extensions.Logging.Abstractions;
using Ropeway.Core.Resources;

namespace Ropeway.Core.Tests.Resources;

public sealed class ResourceMonitorTests : IDisposable
{
    private readonly Admission _admission = new();
    private readonly FakeGauges _gauges = new();
    private readonly SteppedTime _time = new();
    private readonly ResourceMonitor _monitor;

    public ResourceMonitorTests()
    {
        _monitor = new ResourceMonitor(_admission, _gauges, new ResourceLimits(UsedMemoryBytesMax: 1000, FreeDiskBytesMin: 50), _time, NullLogger.Instance);
    }

    public void Dispose() => _monitor.Dispose();

    [Fact]
    public void Tick_EverySecond_FollowsMemory()
    {
        Assert.Equal(TimeSpan.FromSeconds(1), _time.Period);
        Use(1000);
        Assert.Null(_admission.Reason);
        Use(1001);
        Assert.Equal("low on memory", _admission.Reason);
        Use(999);
        Assert.Null(_admission.Reason);
    }

    [Fact]
    public void Tick_FollowsFreeDiskSpace()
    {
        Free(49);
        Assert.Equal("low on disk", _admission.Reason);
        Use(2000);
        Assert.Equal("low on memory & disk", _admission.Reason);
        Free(50);
        Assert.Equal("low on memory", _admission.Reason);
    }

    [Theory]
    [InlineData(50)]
    [InlineData(0)]
    public void Tick_StoreFindsNoSpace_IsLowOnDiskWhateverSeemsFree(long limit)
    {
        var admission = new Admission();
        using var monitor = new ResourceMonitor(admission, _gauges, new ResourceLimits(UsedMemoryBytesMax: 1000, FreeDiskBytesMin: limit), _time, NullLogger.Instance);
        _gauges.DiskShortage = "No journal file can be made.";
        monitor.Check();
        Assert.Equal("low on disk", admission.Reason);
        _gauges.DiskShortage = null;
        monitor.Check();
        Assert.Null(admission.Reason);
    }

    [Fact]
    public void Tick_GaugeThatFails_LeavesThePublishersAsTheyAre()
    {
        Free(49);
        _gauges.IsBroken = true;
        Free(50);
        Assert.Equal("low on disk", _admission.Reason);
        _gauges.IsBroken = false;
        Free(50);
        Assert.Null(_admission.Reason);
    }

    [Fact]
    public void Start_WithResourcesLow_StopsPublishersBeforeTheFirstTick()
    {
        var admission = new Admission();
        using var monitor = new ResourceMonitor(admission, _gauges, new ResourceLimits(UsedMemoryBytesMax: -1, FreeDiskBytesMin: 0), _time, NullLogger.Instance);

        Assert.Equal(AdmissionCause.Memory, admission.Causes);
    }

    [Fact]
    public void DiskThatCannotBeAsked_KeepsWhatWasKnown()
    {
        Free(10);
        _gauges.IsDiskGone = true;
        _time.Tick();
        Assert.Equal("low on disk", _admission.Reason);
        _gauges.IsDiskGone = false;
        Free(100);
        Assert.Null(_admission.Reason);
    }

    [Fact]
    public void MemoryThatIsOnlyKept_IsGivenBackBeforeAnAlarm()
    {
        _gauges.UnusedMemoryBytes = 500;
        Use(1200);
        Assert.Null(_admission.Reason);
        Assert.Equal(1, _gauges.ReleaseCount);
    }

    [Fact]
    public void MemoryThatIsOnlyKept_IsGivenBackWhileTheAlarmLasts()
    {
        Use(2000);
        _gauges.UnusedMemoryBytes = 1500;
        for (int i = 0; i < 9; i++)
        {
            _time.Tick();
            Assert.NotNull(_admission.Reason);
        }

        _time.Tick();
        Assert.Null(_admission.Reason);
        Assert.Equal(2, _gauges.ReleaseCount);
    }

    [Fact]
    public void Waiters_AreCalledOnceWhenTheLastCauseEnds()
    {
        var waiter = new CountingWaiter();
        var gone = new CountingWaiter();
        Assert.False(_admission.Wait(waiter));
        Use(2000);
        Free(1);
        Assert.True(_admission.Wait(waiter));
        Assert.True(_admission.Wait(gone));
        _admission.Forget(gone);
        Use(1);
        Assert.Equal(0, waiter.Count);
        Free(100);
        Free(1);
        Free(100);
        Assert.Equal((1, 0), (waiter.Count, gone.Count));
    }

    private void Use(long bytes)
    {
        _gauges.UsedMemoryBytes = bytes;
        _time.Tick();
    }

    private void Free(long bytes)
    {
        _gauges.FreeDiskBytes = bytes;
        _time.Tick();
    }

    private sealed class CountingWaiter : IAdmissionWaiter
    {
        public int Count { get; private set; }

        public void OnAdmitted() => Count++;
    }
}
