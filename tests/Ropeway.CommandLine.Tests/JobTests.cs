namespace Ropeway.CommandLine.Tests;

/// <summary>Acts on many messages, on a real broker.</summary>
public sealed class JobTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    [Fact]
    public async Task Purge_ThenUndo_BringsTheMessagesBackInOrder()
    {
        Shell shell = await OpenAsync();
        ShellResult purged = await shell.RunAsync("queue purge q --yes");
        Assert.StartsWith("Purged 3 messages.\nUndo within 10 min: ropeway job undo ", purged.Error, StringComparison.Ordinal);
        Assert.Equal("0\n", await shell.DoAsync("queue list --columns waiting --where queue=q"));
        await shell.DoAsync($"job undo {purged.Error.Trim().Split(' ')[^1]}");
        Assert.Equal("a\nb\nc\n", await shell.DoAsync("consume q"));
    }

    [Fact]
    public async Task Move_OfSomeMessages_SaysHowManyWentWhere()
    {
        Shell shell = await OpenAsync();
        ShellResult moved = await shell.RunAsync("queue move q --to other --filter b");
        Assert.Equal((0, "Moved 1 message: 1 to other.\n"), (moved.Code, moved.Error));
        Assert.Equal("b\n", await shell.DoAsync("consume other"));
        Assert.Equal("a\nc\n", await shell.DoAsync("consume q"));
    }

    [Fact]
    public async Task DryRun_OfAMove_CountsAndMovesNothing()
    {
        Shell shell = await OpenAsync();
        ShellResult counted = await shell.RunAsync("queue move q --to other --dry-run");
        Assert.Equal((0, "Would have: moved 3 messages: 3 to other.\n"), (counted.Code, counted.Error));
        Assert.Equal("a\nb\nc\n", await shell.DoAsync("consume q"));
    }

    [Fact]
    public async Task Interrupt_OfAJobThatIsWaitedFor_PausesIt()
    {
        using var interrupt = new CancellationTokenSource();
        using var canned = new CannedBroker();
        canned.Special["/api/ropeway/jobs/SLOW"] = """{"id":"SLOW","kind":"move","state":"running","done":1,"total":3}""";
        var time = new WaitedTime();
        Task<ShellResult> waiting = new Shell { Handler = () => canned, Time = time }.RunAsync("job wait SLOW", interrupt.Token);
        await time.Waited;
        canned.Special.Add("/api/ropeway/jobs/SLOW/pause", string.Empty);
        await interrupt.CancelAsync();
        ShellResult result = await waiting;
        Assert.Equal((130, "Paused. Go on with: ropeway job resume SLOW\n"), (result.Code, result.Error));
        Assert.Contains("POST /api/ropeway/jobs/SLOW/pause", canned.Requests);
    }

    private async Task<Shell> OpenAsync()
    {
        Shell shell = await broker.OpenAsync();
        await shell.DoAsync("queue declare q");
        await shell.DoAsync("queue declare other");
        shell.Input = "a\nb\nc\n";
        await shell.DoAsync("publish --queue q --lines");
        return shell;
    }
}
