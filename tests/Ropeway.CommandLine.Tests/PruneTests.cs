using System.Text.Json;

namespace Ropeway.CommandLine.Tests;

/// <summary><c>definitions import --prune</c>, <c>imports</c> and <c>undo</c>, on a real broker.</summary>
public sealed class PruneTests(BrokerFixture broker) : IClassFixture<BrokerFixture>, IDisposable
{
    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public async Task Import_WithPrune_ThenUndo_BringsBackWhatWasDeleted()
    {
        Shell shell = await OpenAsync();
        await shell.DoAsync("queue declare kept");
        await shell.DoAsync("queue declare gone");

        ShellResult result = await shell.RunAsync($"definitions import {_file} --only-vhost --prune --yes");

        Assert.Equal((0, "add\tqueues\tnew\ndelete\tqueues\tgone\n"), (result.Code, Cut(result.Output)));
        Assert.StartsWith($"Would import 2 queues: 1 new, 0 changed, 1 as they are, 0 ignored; not in the file: 1 deleted, 0 left.\nImported {_file}: 1 added, 0 changed, 1 deleted.\nUndo within 24 h: ropeway definitions undo ", result.Error, StringComparison.Ordinal);
        Assert.Equal("kept\nnew\n", await shell.DoAsync("queue list --columns queue --sort queue"));
        string id = result.Error.Trim().Split(' ')[^1];
        Assert.Equal("1\t0\t1\tfalse\n", await shell.DoAsync($"definitions imports --columns added,changed,deleted,undone --where import={id}"));

        ShellResult undone = await shell.RunAsync($"definitions undo {id}");
        Assert.Equal((0, $"Took back import {id}: 1 restored, 1 deleted.\n"), (undone.Code, undone.Error));
        Assert.Equal("gone\nkept\n", await shell.DoAsync("queue list --columns queue --sort queue"));
        Assert.Equal((5, $"error: import '{id}' was taken back before\n"), await FaultOfAsync(shell, $"definitions undo {id}"));
        Assert.Equal(4, (await shell.RunAsync("definitions undo nope")).Code);
    }

    [Theory]
    [InlineData(true, "delete", 0)]
    [InlineData(true, "yes", 2)]
    [InlineData(false, "delete", 2)]
    public async Task Import_WithPrune_AsksForTheWord(bool isTerminal, string answer, int code)
    {
        Shell shell = await OpenAsync();
        await shell.DoAsync("queue declare gone");
        shell.IsInputTerminal = isTerminal;
        shell.Input = answer + "\n";

        ShellResult result = await shell.RunAsync($"definitions import {_file} --only-vhost --prune");

        Assert.Equal(code, result.Code);
        Assert.Equal(isTerminal, result.Error.Contains($"Import {_file} and delete 1 definition that it does not name? Type the word delete to go on: ", StringComparison.Ordinal));
        Assert.Equal(code == 0 ? "kept\nnew\n" : "gone\n", await shell.DoAsync("queue list --columns queue --sort queue"));
    }

    [Fact]
    public async Task Import_WithPrune_DryRun_ShowsTheDiffAndChangesNothing()
    {
        Shell shell = await OpenAsync();
        await shell.DoAsync("queue declare gone");

        JsonElement[] entries = [.. JsonElement.Parse(await shell.DoAsync($"definitions import {_file} --only-vhost --prune --dry-run --json")).EnumerateArray()];

        Assert.Equal(["add", "add", "delete"], entries.Select(entry => entry.GetProperty("kind").GetString()));
        Assert.Equal("gone\n", await shell.DoAsync("queue list --columns queue"));
    }

    [Fact]
    public async Task Import_WithPrune_LeavesAQueueWithMessages_AndUndoSaysWhatItLeaves()
    {
        Shell shell = await OpenAsync();
        await shell.DoAsync("queue declare full");
        await shell.DoAsync("publish --queue full x");

        ShellResult result = await shell.RunAsync($"definitions import {_file} --only-vhost --prune --yes");
        Assert.Contains("left\tqueues\tfull\t", result.Output, StringComparison.Ordinal);
        Assert.Contains("it has messages", result.Output, StringComparison.Ordinal);
        await shell.DoAsync("publish --queue new x");

        ShellResult undone = await shell.RunAsync($"definitions undo {result.Error.Trim().Split(' ')[^1]}");
        Assert.Equal(7, undone.Code);
        Assert.Contains($"Left: queues new in vhost {shell.Variables["ROPEWAY_VHOST"]}: it has messages\nerror: 1 definition could not be taken back, and stayed\n", undone.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Import_WithPrune_OfARefusedEntry_ChangesNothing()
    {
        Shell shell = await OpenAsync();
        await shell.DoAsync("queue declare kept --transient");

        (int code, string error) = await FaultOfAsync(shell, $"definitions import {_file} --only-vhost --prune --yes");

        Assert.Equal(2, code);
        Assert.Contains("error: the broker would refuse all of it, because of 1 of its entries\n", error, StringComparison.Ordinal);
        Assert.Equal("kept\n", await shell.DoAsync("queue list --columns queue"));
    }

    /// <summary>The first three columns.</summary>
    private static string Cut(string rows) => string.Concat(rows.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(row => string.Join('\t', row.Split('\t').Take(3)) + "\n"));

    private static async Task<(int Code, string Error)> FaultOfAsync(Shell shell, string line)
    {
        ShellResult result = await shell.RunAsync(line);
        return (result.Code, result.Error);
    }

    private async Task<Shell> OpenAsync()
    {
        await File.WriteAllTextAsync(_file, """{"queues":[{"name":"kept","durable":true},{"name":"new","durable":true}]}""");
        return await broker.OpenAsync();
    }
}
