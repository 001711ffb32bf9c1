using System.Diagnostics;

namespace Ropeway.CommandLine.Tests;

/// <summary>The real executable behind a real shell: files and pipes.</summary>
public sealed class ProcessTests(BrokerFixture broker) : IClassFixture<BrokerFixture>
{
    [Fact]
    public async Task Output_OfSeveralCommandsIntoOneFile_IsOneBehindTheOther()
    {
        string file = Path.GetTempFileName();
        await RunAsync($"({{0}} version; {{0}} version; {{0}} exchange list --columns type --where type=topic --limit 1 --url {broker.Url}) > {file}");
        string[] lines = await File.ReadAllLinesAsync(file);
        File.Delete(file);
        Assert.Equal(3, lines.Length);
        Assert.StartsWith("version\t", lines[0], StringComparison.Ordinal);
        Assert.Equal(lines[0], lines[1]);
        Assert.Equal("topic", lines[2]);
    }

    [Fact]
    public async Task Output_OfMoreThanTheReaderWants_EndsSilently()
    {
        string output = await RunAsync($"{{0}} exchange list --watch 10ms --columns type --url {broker.Url} | head -1");
        Assert.Equal("direct\n", output);
    }

    /// <summary>Runs a line of a shell, in which {0} is the executable, and gives what it writes. Standard error must be empty.</summary>
    private static async Task<string> RunAsync(string line)
    {
        string executable = $"{Environment.ProcessPath} exec {Path.Combine(AppContext.BaseDirectory, "ropeway.dll")}";
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo("/bin/sh", ["-c", line.Replace("{0}", executable, StringComparison.Ordinal)])
            {
                UseShellExecute = false,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            },
        };
        process.Start();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Assert.Empty(await process.StandardError.ReadToEndAsync());
        return await output;
    }
}
