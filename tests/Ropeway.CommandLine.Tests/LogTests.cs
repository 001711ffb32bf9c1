using Microsoft.Extensions.Time.Testing;

namespace Ropeway.CommandLine.Tests;

/// <summary><c>log</c> and <c>audit</c>: which lines are shown, and how a followed log ends.</summary>
public sealed class LogTests : IDisposable
{
    private readonly CannedBroker _broker = new();

    public void Dispose() => _broker.Dispose();

    [Theory]
    [InlineData("log --follow --count 3 --columns message", 0, "first\nsecond\nthird\n", "")]
    [InlineData("log --follow --count 2 --limit 1 --columns message", 0, "second\nthird\n", "")]
    [InlineData("log --follow --count 1 --where level=error --csv --columns level,message", 0, "level,message\nerror,third\n", "")]
    [InlineData("log --follow --count 3 --csv --columns message", 0, "message\nfirst\nsecond\nthird\n", "")]
    [InlineData("log --follow --count 1 --json --columns message", 0, "{\"message\":\"first\"}\n", "")]
    [InlineData("log --follow --columns message", 6, "first\nsecond\nthird\n", "40 lines left out: more came than can be followed\nerror: the broker has ended the stream: it stops, or the user may not follow any more.\n")]
    [InlineData("log --limit 1 --columns level", 0, "warn\n", "")]
    [InlineData("log --where level=info --columns level", 0, "info\n", "")]
    [InlineData("log --sort time --limit 1 --columns level", 0, "info\n", "")]
    [InlineData("log --count 1", 2, "", "error: --count: only with --follow; --limit bounds what is shown\n")]
    [InlineData("audit --of-user guest --columns act", 0, "purge queue\n", "")]
    [InlineData("audit --refused --columns act", 0, "delete queue\n", "")]
    [InlineData("audit --search QUEUE --limit 1 --columns act", 0, "delete queue\n", "")]
    [InlineData("audit --since 30m --columns act", 0, "delete queue\n", "")]
    public async Task Command_WithFilters_ShowsWhatTheyAskFor(string line, int code, string output, string error)
    {
        ShellResult result = await Open().RunAsync(line);
        Assert.Equal((code, output, error), (result.Code, result.Output, result.Error));
    }

    [Fact]
    public async Task Log_OnANarrowTerminal_CutsNothing()
    {
        Shell shell = Open();
        shell.Columns = 60;
        ShellResult result = await shell.RunAsync("log --follow --count 3");
        Assert.Equal("2026-03-01 14:00:00.000 UTC  info  first\n2026-03-01 14:00:01.000 UTC  info  second\n2026-03-01 14:00:02.000 UTC  error  third\n", result.Output);
    }

    [Theory]
    [InlineData("log --level warn --search 'a b'", "GET /api/ropeway/log?&level=warn&q=a%20b")]
    [InlineData("log --limit 5", "GET /api/ropeway/log?limit=5")]
    [InlineData("log --follow --level error --count 1", "GET /api/ropeway/log/events?limit=10&level=error")]
    [InlineData("audit --refused --limit 5", "GET /api/ropeway/audit?limit=1000")]
    public async Task Command_WithFilters_AsksTheBroker(string line, string request)
    {
        await Open().RunAsync(line);
        Assert.Contains(request, _broker.Requests);
    }

    [Fact]
    public async Task FollowedLog_OfASilentBroker_IsGivenUp()
    {
        var time = new FakeTimeProvider();
        var silent = new SilentStream();
        var shell = new Shell { Time = time, Handler = () => silent };
        Task<ShellResult> running = shell.RunAsync("log --follow");
        await silent.Read;
        time.Advance(TimeSpan.FromSeconds(45));
        ShellResult result = await running;
        Assert.Equal((6, "error: nothing came from the broker for 45 s\n"), (result.Code, result.Error));
    }

    private Shell Open() => new() { Handler = () => _broker, Time = new FakeTimeProvider(DateTimeOffset.Parse("2026-03-01T14:20:00Z")) };
}
