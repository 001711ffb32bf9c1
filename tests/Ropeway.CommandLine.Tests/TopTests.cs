using System.Diagnostics;
using System.Text.Json;
using Ropeway.CommandLine.Terminal;
using Ropeway.CommandLine.Top;
using Ropeway.Tests;

namespace Ropeway.CommandLine.Tests;

/// <summary>The live view: what it shows, that it writes only what changes, and that the terminal is as before when it ends.</summary>
public sealed class TopTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    private const string Enter = "\e[?1049h";
    private const string Leave = "\e[?25h\e[?1049l";

    [Theory]
    [InlineData(80, 24)]
    [InlineData(200, 50)]
    [InlineData(40, 8)]
    public void Lines_OfAnySize_FitTheTerminal(int columns, int rows)
    {
        var screen = new TopScreen();
        TopSnapshot snapshot = Snapshot(12480.4);
        screen.Add(snapshot);
        IReadOnlyList<string> lines = screen.Lines(snapshot, new TopState(TopView.Queues, 0, IsPaused: false), trouble: null, columns, rows);
        Assert.True(lines.Count <= rows);
        Assert.All(lines, line => Assert.True(Output.CellText.Width(line) <= columns, line));
    }

    [Fact]
    public void Lines_OfABusyBroker_AnswerTheThreeQuestions()
    {
        var screen = new TopScreen();
        foreach (double rate in new[] { 0, 6000, 12480.4 })
        {
            screen.Add(Snapshot(rate));
        }

        IReadOnlyList<string> lines = screen.Lines(Snapshot(12480.4), new TopState(TopView.Queues, 0, IsPaused: false), trouble: null, 80, 9);
        Assert.Equal(
        [
            "ropeway rw-1  up 12 d 4 h  2,418 connections                        14:31:00 UTC",
            "in 12,480/s      ▁▄█   out 12,451/s      ███   waiting 50,440   held 812",
            "mem ████░░░░░░░░ 33 %   disk 48.8 GiB free, publishers wait below 47.7 MiB",
            "!! publishers wait: disk is short",
            "!  mail.outgoing  grows by 23/s (its 1 consumer holds 50 of 50)",
            "QUEUE          WAITING▼   HELD  IN/S  OUT/S  CONSUMERS  VHOST  STATE",
            "mail.outgoing    48,201  1,234    80     57          1  /      running",
            string.Empty,
            "[q]uit  q[u]eues  [c]onnections  [s]ort  [space] pause",
        ], lines);
    }

    [Fact]
    public void Painter_OfTheNextMoment_WritesOnlyWhatDiffers()
    {
        var output = new StringWriter { NewLine = "\n" };
        using (var painter = new ScreenPainter(output))
        {
            painter.Paint(["in 12/s", "mail  48,201  50", "注文 7"]);
            output.GetStringBuilder().Clear();
            painter.Paint(["in 12/s", "mail  48,309  50", "注文 12"]);
            Assert.Equal("\e[2;10H309\e[3;6H12\e[K", output.ToString());
            output.GetStringBuilder().Clear();
        }

        Assert.Equal(Leave, output.ToString());
    }

    [Fact]
    public void Keys_Pressed_ChangeTheView()
    {
        TopState state = new(TopView.Queues, 0, IsPaused: false);
        Assert.Equal(TopView.Connections, state.After(Key('c'))!.View);
        Assert.Equal("held", TopColumns.SortedBy(state.After(Key('s'))!).Name);
        Assert.True(state.After(Key(' '))!.IsPaused);
        Assert.Equal(state, state.After(Key('x')));
        Assert.Null(state.After(Key('q')));
    }

    [Fact]
    public async Task Batch_SoManyTimes_WritesPlainRowsWithTheTime()
    {
        Shell shell = await broker.OpenAsync();
        await shell.DoAsync("queue declare busy");
        await shell.DoAsync("publish --queue busy x");
        string[] lines = (await shell.DoAsync("top --batch -n 3 --interval 10ms --columns queue,waiting,held")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Count(line => line == "busy\t1\t0"));
    }

    [Fact]
    public async Task Top_InATerminal_FollowsItsSizeAndKeysAndLeavesItAsItWas()
    {
        JsonElement run = await RunAsync("""[["wait","QUEUE"],["resize",30,120],["wait","QUEUE"],["type","c"],["wait","CONNECTION"],["type","q"]]""");
        string output = run.GetProperty("output").GetString()!;
        Assert.Equal(0, run.GetProperty("code").GetInt32());
        Assert.Contains(Enter, output, StringComparison.Ordinal);
        Assert.Contains("\e[24;1H[q]uit", output, StringComparison.Ordinal); // The last line of 24, and of 30.
        Assert.Contains("\e[30;1H[q]uit", output, StringComparison.Ordinal);
        Assert.EndsWith(Leave, output, StringComparison.Ordinal);
        Assert.True(run.GetProperty("same").GetBoolean());
    }

    [Fact]
    public async Task Top_Interrupted_LeavesTheTerminalAsItWas()
    {
        JsonElement run = await RunAsync("""[["wait","QUEUE"],["type","\u0003"]]""");
        Assert.Equal(130, run.GetProperty("code").GetInt32());
        Assert.Contains(Leave, run.GetProperty("output").GetString()!, StringComparison.Ordinal);
        Assert.True(run.GetProperty("same").GetBoolean());
    }

    [Fact]
    public async Task Command_ThatReadsNoKeys_WritesItsResultOnly()
    {
        JsonElement run = await RunAsync("[]", "version");
        Assert.Matches("^\\S*version\\S*  [0-9.]+\n$", run.GetProperty("output").GetString());
    }

    private static ConsoleKeyInfo Key(char letter) => new(letter, ConsoleKey.None, shift: false, alt: false, control: false);

    private static TopSnapshot Snapshot(double inRate) => new(
        new DateTimeOffset(2026, 11, 22, 14, 31, 0, TimeSpan.Zero),
        JsonElement.Parse("""{"node":"rw-1","object_totals":{"connections":2418},"queue_totals":{"messages_ready":50440,"messages_unacknowledged":812},"message_stats":{"publish_details":{"rate":RATE},"deliver_get_details":{"rate":12451}}}""".Replace("RATE", $"{inRate}", StringComparison.Ordinal)),
        JsonElement.Parse("""{"uptime":1051200000,"mem_used":3221225472,"mem_limit":9663676416,"mem_alarm":false,"disk_free":52428800000,"disk_free_limit":50000000,"disk_free_alarm":true}"""),
        [JsonElement.Parse("""{"name":"mail.outgoing","vhost":"/","state":"running","consumers":1,"messages_ready":48201,"messages_unacknowledged":1234,"message_stats":{"publish_details":{"rate":80.2},"deliver_get_details":{"rate":57}}}""")],
        [JsonElement.Parse("""{"severity":"warn","name":"mail.outgoing","fact":"grows by 23/s","cause":"its 1 consumer holds 50 of 50"}""")]);

    /// <summary>Runs the real executable in a pseudo-terminal.</summary>
    private async Task<JsonElement> RunAsync(string steps, params string[] command)
    {
        Shell shell = await broker.OpenAsync();
        await shell.DoAsync("queue declare shown");
        string script = Path.Combine(RepositoryRoot.Path, "tests", "Ropeway.CommandLine.Tests", "terminal.py");
        string executable = Path.Combine(AppContext.BaseDirectory, "ropeway.dll");
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("/usr/bin/python3", [script, steps, Environment.ProcessPath!, "exec", executable, .. command.Length > 0 ? command : ["top", "--url", broker.Url, "--interval", "100ms"]])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = await process.StandardError.ReadToEndAsync();
        Assert.True((await output).Length > 0, error);
        return JsonElement.Parse(await output);
    }
}
