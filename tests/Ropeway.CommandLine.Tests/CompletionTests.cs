using System.Diagnostics;
using Microsoft.Extensions.Time.Testing;

namespace Ropeway.CommandLine.Tests;

/// <summary>What a shell is told when somebody presses Tab.</summary>
public sealed class CompletionTests
{
    [Theory]
    [InlineData("ropeway que", "queue")]
    [InlineData("ropeway queue sh", "show")]
    [InlineData("ropeway queue show mail", "mail.outgoing")]
    [InlineData("ropeway queue list --col", "--columns")]
    [InlineData("ropeway limit set max-q", "max-queues")]
    [InlineData("ropeway completion z", "zsh")]
    [InlineData("ropeway log --level w", "warn")]
    [InlineData("ropeway audit --of-user a", "ada")]
    [InlineData("ropeway delayed c", "cancel")]
    [InlineData("ropeway findings snooze queue.g", "queue.growing")]
    [InlineData("ropeway findings unsnooze d", "disk.space")]
    public async Task Suggest_OfABegunWord_GivesWhatFits(string typed, string expected)
    {
        ShellResult result = await new Shell { Handler = () => new CannedBroker(), Time = new FakeTimeProvider() }.RunAsync([$"[suggest:{typed.Length}]", typed]);
        Assert.Contains(expected, result.Output.Split('\n', StringSplitOptions.TrimEntries));
    }

    [Fact]
    public async Task Bash_OfANameThatIsACommand_RunsItNeitherNowNorWithTheLine()
    {
        const string Completion = """
            ropeway() { printf '%s\n' 'orders$(touch ran)' 'orders `touch ran`; touch ran' 'orders*' 'other'; }
            COMP_LINE='ropeway queue show orders' COMP_POINT=25 COMP_WORDS=(ropeway queue show orders) COMP_CWORD=3
            _ropeway
            for found in "${COMPREPLY[@]}"; do eval "printf '%s\n' ${found}"; done
            """;
        string script = await new Shell().DoAsync("completion bash");
        DirectoryInfo directory = Directory.CreateTempSubdirectory("ropeway-completion-");
        try
        {
            using Process bash = Process.Start(new ProcessStartInfo("bash", ["--norc", "-c", script + Completion]) { WorkingDirectory = directory.FullName, RedirectStandardOutput = true, UseShellExecute = false })!;
            string offered = await bash.StandardOutput.ReadToEndAsync();
            await bash.WaitForExitAsync();

            Assert.Equal("orders$(touch ran)\norders `touch ran`; touch ran\norders*\n", offered);
            Assert.Empty(directory.GetFiles());
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Suggest_WithoutABroker_IsSilent()
    {
        const string Typed = "ropeway queue show mail --url http://127.0.0.1:1";
        ShellResult result = await new Shell().RunAsync(["[suggest:23]", Typed]);
        Assert.Equal((0, string.Empty), (result.Code, result.Error));
    }
}
