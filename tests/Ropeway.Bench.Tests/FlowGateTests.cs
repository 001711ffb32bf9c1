using Ropeway.Server.Bench;

namespace Ropeway.Bench.Tests;

public class FlowGateTests
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(90); // A safety net only.

    [Fact]
    public void Take_UpToTheLimit_DoesNotWait()
    {
        var gate = new FlowGate(unitCountMax: 10, wakeRoom: 5);

        Assert.True(gate.Take(4));
        Assert.True(gate.Take(6));
        Assert.Equal(10, gate.UnderWay);
    }

    [Fact]
    public void Take_OverTheLimit_WaitsForTheWakeRoom()
    {
        var gate = new FlowGate(unitCountMax: 10, wakeRoom: 5);
        gate.Take(10);
        bool hasTaken = false;
        var taking = new Thread(() => hasTaken = gate.Take(2));
        taking.Start();
        Assert.True(SpinWait.SpinUntil(() => taking.ThreadState.HasFlag(ThreadState.WaitSleepJoin), Deadline));

        gate.Return(4); // Room for two, but a waiting producer is woken for five only.
        Assert.Equal(6, gate.UnderWay);
        gate.Return(1);

        Assert.True(taking.Join(Deadline));
        Assert.True(hasTaken);
        Assert.Equal(7, gate.UnderWay);
    }

    [Fact]
    public async Task Stop_WhileAProducerWaits_LetsItGoEmptyHanded()
    {
        var gate = new FlowGate(unitCountMax: 1, wakeRoom: 1);
        gate.Take(1);
        Task<bool> taking = Task.Run(() => gate.Take(1));

        gate.Stop();

        Assert.False(await taking.WaitAsync(Deadline));
        Assert.False(gate.Take(1));
    }

    [Fact]
    public async Task TakeAndReturn_TwoThreadsAtFullSpeed_NeitherLosesAWakeUpNorOvershoots()
    {
        const int Count = 20_000;
        var gate = new FlowGate(unitCountMax: 4, wakeRoom: 2);
        using var underWay = new SemaphoreSlim(0);
        long highest = 0;
        Task producing = Task.Run(() =>
        {
            for (int i = 0; i < Count; i++)
            {
                gate.Take(1);
                highest = Math.Max(highest, gate.UnderWay);
                underWay.Release();
            }
        });
        Task consuming = Task.Run(() =>
        {
            for (int i = 0; i < Count; i++)
            {
                underWay.Wait(Deadline);
                gate.Return(1);
            }
        });

        await Task.WhenAll(producing, consuming).WaitAsync(Deadline);
        Assert.InRange(highest, 1, 4);
        Assert.Equal(0, gate.UnderWay);
    }
}
