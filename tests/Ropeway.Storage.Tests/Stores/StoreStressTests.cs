using Xunit.Abstractions;

namespace Ropeway.Storage.Tests.Stores;

public sealed class StoreStressTests
{
    private readonly ITestOutputHelper _output;

    public StoreStressTests(ITestOutputHelper output)
    {
        _output = output;
    }

    [Fact]
    public void ManyThreads_WhileTheMoverRuns_SeeOnlyRightBytes()
    {
        int messageCount = int.TryParse(Environment.GetEnvironmentVariable("ROPEWAY_STRESS_MESSAGES"), out int wanted) ? wanted : 4000;
        ulong seed = ulong.TryParse(Environment.GetEnvironmentVariable("ROPEWAY_STRESS_SEED"), out ulong given) ? given : 1;
        _output.WriteLine($"seed {seed}, {messageCount} messages a log");
        using StoreRig rig = new();
        List<StressLane> lanes = [];
        for (ulong i = 0; i < 6; i++)
        {
            StoredLog log = i == 5 ? rig.Store.CreateTransientLog() : rig.CreateLog();
            lanes.Add(new StressLane(rig.Store, log, (seed * 100) + (i * 10), persistent: i < 4, messageCount));
        }

        RunAll(rig.Store, lanes);

        StoreStatistics statistics = rig.Store.GetStatistics();
        _output.WriteLine(statistics.ToString());
        Assert.True(statistics.MovedBytes > 0 && statistics.CheckpointCount > 0, "The mover had nothing to do.");
        lanes.ForEach(lane => Assert.Equal(lane.Stuck.Order(), StoreRig.ReadAll(lane.Log)));
        rig.Commit(lanes.Max(lane => lane.LastIndex));
        rig.ReopenAfterKill();
        lanes.GetRange(0, 4).ForEach(lane => Assert.Equal(lane.Stuck.Order(), StoreRig.ReadAll(rig.Log(lane.Log.Id))));
        Assert.Empty(StoreRig.ReadAll(rig.Log(lanes[4].Log.Id)));
        lanes.ForEach(lane => lane.Dispose());
    }

    private static void RunAll(Store store, List<StressLane> lanes)
    {
        List<Exception> faults = [];
        List<Thread> workers = [];
        using CancellationTokenSource done = new();
        foreach (StressLane lane in lanes)
        {
            workers.Add(Start(lane.Produce, faults));
            workers.Add(Start(lane.Consume, faults));
            workers.Add(Start(lane.Browse, faults));
        }

        Thread checkpoints = Start(() => CheckpointUntil(store, done.Token), faults);
        Thread churn = Start(() => ChurnUntil(store, done.Token), faults);
        workers.ForEach(Join);
        done.Cancel();
        Join(checkpoints);
        Join(churn);
        Assert.Empty(faults);
    }

    private static Thread Start(Action work, List<Exception> faults)
    {
        Thread thread = new(() =>
        {
            try
            {
                work();
            }
            catch (Exception fault)
            {
                lock (faults)
                {
                    faults.Add(fault);
                }
            }
        });
        thread.IsBackground = true;
        thread.Start();
        return thread;
    }

    private static void Join(Thread thread) => Assert.True(thread.Join(10 * Deadline.Milliseconds), "A thread did not end.");

    private static void CheckpointUntil(Store store, CancellationToken done)
    {
        while (!done.IsCancellationRequested)
        {
            store.Checkpoint();
        }
    }

    /// <summary>Makes and deletes logs that have something in them.</summary>
    private static void ChurnUntil(Store store, CancellationToken done)
    {
        MetadataBatch batch = new();
        while (!done.IsCancellationRequested)
        {
            ulong id = store.Metadata.AllocateLogId();
            batch.CreateLog(id);
            store.Metadata.Apply(batch);
            Assert.True(store.TryGetLog(id, out StoredLog? log));
            CommitGate.Wait(store, StoreRig.Append(log, 5, 100));
            batch.Clear();
            batch.DeleteLog(id);
            CommitGate.Wait(store, store.Metadata.Apply(batch));
            batch.Clear();
        }
    }
}
