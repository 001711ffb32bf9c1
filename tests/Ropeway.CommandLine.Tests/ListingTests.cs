using Microsoft.Extensions.Time.Testing;

namespace Ropeway.CommandLine.Tests;

/// <summary>Choosing, sorting and writing rows.</summary>
public sealed class ListingTests
{
    [Theory]
    [InlineData("--where waiting>1000 --columns waiting", "48201\n12400000\n")]
    [InlineData("--where waiting>1000 --where consumers=0 --columns waiting", "12400000\n")]
    [InlineData("--where messages_ready<=1 --columns waiting", "1\n")]
    [InlineData("--where queue~^mail --columns queue,state", "mail.outgoing\tgrowing: 1 consumer at its limit of 50\n")]
    [InlineData("--where queue!~^mail --columns type --sort -type", "stream\nclassic\n")]
    [InlineData("--where policy= --columns waiting --sort waiting", "1\n48201\n")]
    [InlineData("--where policy!=lengths --columns waiting --sort -waiting --limit 1", "48201\n")]
    [InlineData("--where out_of_service!= --columns out_of_service", "a checksum is wrong\n")]
    [InlineData("--sort policy,-consumers --columns consumers", "12\n1\n0\n")]
    [InlineData("--columns vhost,durable --limit 1 --header", "vhost\tdurable\n/\ttrue\n")]
    [InlineData("--columns queue,arguments --limit 1 --csv", "queue,arguments\nmail.outgoing,\"{\"\"x-queue-type\"\":\"\"quorum\"\"}\"\n")]
    [InlineData("--columns waiting,policy --limit 1 --jsonl", "{\"messages_ready\":48201,\"policy\":null}\n")]
    [InlineData("--limit 0", "")]
    public async Task List_IntoAPipe_HasTheChosenRowsAndColumns(string options, string output) =>
        Assert.Equal(output, await Open().DoAsync("queue list " + options));

    [Theory]
    [InlineData("--columns waiting --limit 1 queue list", "48201\n")]
    [InlineData("--columns=waiting -q -p / queues ls --limit 1", "48201\n")]
    public async Task Options_BeforeTheCommand_CountAsBehindIt(string line, string output) => Assert.Equal(output, await Open().DoAsync(line));

    [Theory]
    [InlineData("queue show --help", "<queue>")]
    [InlineData("limit set --help", "<limit>")]
    public async Task Help_OfAName_AsksNoBroker(string line, string expected)
    {
        using var broker = new CannedBroker();
        Assert.Contains(expected, await new Shell { Handler = () => broker }.DoAsync(line), StringComparison.Ordinal);
        Assert.Empty(broker.Requests);
    }

    [Theory]
    [InlineData("NO_COLOR", "1", false)]
    [InlineData("TERM", "dumb", false)]
    [InlineData("TERM", "xterm", true)]
    public async Task List_OnATerminal_HasColourUnlessItIsNotWanted(string variable, string value, bool hasColour)
    {
        Shell shell = Open();
        shell.Columns = 80;
        shell.Variables[variable] = value;
        Assert.Equal(hasColour, (await shell.DoAsync("queue list")).Contains('\e'));
    }

    [Fact]
    public async Task List_InCsv_HasCodesForControlCharactersOnATerminalOnly()
    {
        Shell terminal = Open();
        terminal.Columns = 80;
        const string Line = "queue list --csv --columns queue --sort waiting --limit 1";
        Assert.Equal("queue\n注文\u202eevil\t😀\n", await Open().DoAsync(Line));
        Assert.Equal("queue\n注文\\u202eevil\\t😀\n", await terminal.DoAsync(Line));
    }

    [Fact]
    public async Task List_OnATerminalInPlain_IsThatOfAPipe()
    {
        Shell terminal = Open();
        terminal.Columns = 80;
        Assert.Equal(await Open().DoAsync("queue list"), await terminal.DoAsync("queue list --plain"));
    }

    [Fact]
    public async Task Table_OfAnyWidth_NeverExceedsTheTerminal()
    {
        for (int columns = 20; columns <= 200; columns += 7)
        {
            Shell shell = Open();
            shell.Columns = columns;
            shell.Variables["NO_COLOR"] = "1";
            Assert.All((await shell.DoAsync("queue list")).Split('\n'), line => Assert.True(Output.CellText.Width(line) <= columns, $"{columns}: {line}"));
        }
    }

    [Fact]
    public async Task Watch_UntilItIsInterrupted_RepeatsAtItsInterval()
    {
        var time = new FakeTimeProvider();
        using var interrupt = new CancellationTokenSource();
        using var output = new CountingStream();
        var shell = new Shell { Handler = () => new CannedBroker(), Time = time, OutputStream = output };
        Task<ShellResult> running = shell.RunAsync("queue list --watch 2s --limit 1 --columns waiting", interrupt.Token);
        await output.WrittenAsync(1);
        await RepeatAsync(time, () => output.WrittenAsync(3));
        await interrupt.CancelAsync();
        Assert.Equal(130, (await running).Code);
    }

    /// <summary>Lets time pass until something has happened: a timer that is set late finds its time, too.</summary>
    private static async Task RepeatAsync(FakeTimeProvider time, Func<Task> happened)
    {
        Task wanted = happened();
        while (!wanted.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(2));
            await Task.Yield();
        }
    }

    private static Shell Open() => new() { Handler = () => new CannedBroker() };
}
