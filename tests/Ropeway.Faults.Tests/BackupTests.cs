using Ropeway.TestKit;
using Ropeway.TestKit.Wire;
using Xunit.Abstractions;

namespace Ropeway.Faults.Tests;

/// <summary>The commands backup, restore, verify and repair with a broker under load, or stopped.</summary>
public sealed class BackupTests(ITestOutputHelper output) : IDisposable
{
    private const string Kept = "kept";
    private const string Taken = "taken";
    private const int ConfirmedBefore = 3000;
    private const int SettledBefore = 500;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Backup_UnderLoad_RestoresAPrefixThatHoldsAllThatWasConfirmedBefore()
    {
        BackupHistory[] histories = [new(), new()];
        BackupPublisher[] publishers = [new(Kept, 1, histories[0]), new(Taken, 2, histories[1])];
        BackupConsumer consumer = new(Taken, histories[1]);
        string archive = Path.Combine(_directory.Path, "load.backup");
        long begun;
        long ended;
        using (BrokerProcess broker = BrokerProcess.Start(new BrokerLaunch { DataDirectory = PathOf("data"), ExtraArguments = ["--listen", "http://127.0.0.1:0"] }))
        {
            Declare(broker.Endpoint);
            using CancellationTokenSource stop = new();
            Task[] load =
            [
                RunAsync(() => publishers[0].Run(broker.Endpoint, stop.Token)),
                RunAsync(() => publishers[1].Run(broker.Endpoint, stop.Token)),
                RunAsync(() => consumer.Run(broker.Endpoint, stop.Token)),
            ];
            Await(() => Array.TrueForAll(publishers, publisher => publisher.ConfirmedCount >= ConfirmedBefore) && histories[1].SettledCount >= SettledBefore, load);
            begun = BackupHistory.Now();
            AssertDone(BrokerLaunch.RunCommand("backup", archive, "--url", broker.HttpUrl!));
            ended = BackupHistory.Now();
            int confirmed = publishers.Max(publisher => publisher.ConfirmedCount);
            Await(() => Array.TrueForAll(publishers, publisher => publisher.ConfirmedCount > confirmed), load); // The load has gone on all the time.
            await stop.CancelAsync();
            await Task.WhenAll(load);
        }

        AssertDone(BrokerLaunch.RunCommand("restore", archive, PathOf("restored")));
        AssertDone(BrokerLaunch.RunCommand("verify", PathOf("restored")));
        using BrokerProcess restored = BrokerProcess.Start(new BrokerLaunch { DataDirectory = PathOf("restored") });
        List<long>[] found = [BackupConsumer.Drain(restored.Endpoint, Kept), BackupConsumer.Drain(restored.Endpoint, Taken)];
        output.WriteLine($"restored {found[0].Count} and {found[1].Count} messages; {publishers[0].ConfirmedCount} and {publishers[1].ConfirmedCount} were confirmed in all");
        Assert.True(found[0].Count >= ConfirmedBefore);
        Assert.Empty(histories[0].Check(found[0], begun, ended));
        Assert.Empty(histories[1].Check(found[1], begun, ended));
    }

    [Fact]
    public void Backup_WithAWrongPassword_SaysSoAndLeavesNothing()
    {
        using BrokerProcess broker = BrokerProcess.Start(new BrokerLaunch { DataDirectory = PathOf("data"), ExtraArguments = ["--listen", "http://127.0.0.1:0"] });
        ToolRun refused = BrokerLaunch.RunCommand("backup", PathOf("x.backup"), "--url", broker.HttpUrl!, "--password", "wrong", "--quiet");
        Assert.Equal((3, "error: not permitted: Login failed\n  --user or --context signs in as somebody else"), (refused.ExitCode, refused.Errors));
        Assert.False(File.Exists(PathOf("x.backup")));
        ToolRun inUse = BrokerLaunch.RunCommand("verify", PathOf("data"));
        Assert.Equal(20, inUse.ExitCode);
        Assert.Contains("in use by another process", inUse.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CopyOfTheDirectory_OfAStoppedBroker_ServesTheSame()
    {
        using (BrokerProcess broker = BrokerProcess.Start(new BrokerLaunch { DataDirectory = PathOf("data") }))
        {
            Declare(broker.Endpoint);
            using CancellationTokenSource stop = new();
            BackupPublisher publisher = new(Kept, 1, new BackupHistory());
            Task load = RunAsync(() => publisher.Run(broker.Endpoint, stop.Token));
            Await(() => publisher.ConfirmedCount >= 1000, load);
            await stop.CancelAsync();
            await load;
            Assert.Equal(0, broker.Stop());
        }

        Directory.CreateDirectory(PathOf("copy"));
        foreach (string file in Directory.GetFiles(PathOf("data")))
        {
            File.Copy(file, Path.Combine(PathOf("copy"), Path.GetFileName(file)));
        }

        AssertDone(BrokerLaunch.RunCommand("verify", PathOf("copy")));
        using BrokerProcess copied = BrokerProcess.Start(new BrokerLaunch { DataDirectory = PathOf("copy") });
        List<long> found = BackupConsumer.Drain(copied.Endpoint, Kept);
        Assert.True(found.Count >= 1000);
        Assert.Equal(Enumerable.Range(0, found.Count).Select(sequence => (long)sequence), found);
    }

    private static void Declare(BrokerEndpoint endpoint)
    {
        using WireConnection connection = WireConnection.Open(endpoint);
        connection.OpenChannel(1);
        connection.DeclareQueue(1, Kept);
        connection.DeclareQueue(1, Taken);
        connection.Close();
    }

    private static Task RunAsync(Action work) => Task.Factory.StartNew(work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private static void Await(Func<bool> condition, params Task[] load)
    {
        Assert.True(SpinWait.SpinUntil(() => condition() || Array.Exists(load, task => task.IsCompleted), TestDeadline.Value));
        Assert.All(load, task => Assert.False(task.IsCompleted, task.Exception?.ToString()));
    }

    private static void AssertDone(ToolRun run) => Assert.True(run.ExitCode == 0, run.Output + run.Errors);

    private string PathOf(string name) => Path.Combine(_directory.Path, name);
}
