namespace Ropeway.Bench.Tests;

/// <summary>What bench/profile makes of samples that were kept.</summary>
public class ProfileScriptTests
{
    [Theory]
    [InlineData("| kernel: send | 20.0 % |")] // One with the system call's frame, one that only the C library's function tells.
    [InlineData("| kernel: memory | 10.0 % |")]
    [InlineData("| kernel: disk write | 10.0 % |")]
    [InlineData("| kernel: disk sync | 10.0 % |")]
    [InlineData("| append | 10.0 % |")] // A copy counts where it was asked for.
    [InlineData("| deliver | 10.0 % |")]
    [InlineData("| route | 10.0 % |")]
    [InlineData("| runtime | 10.0 % |")]
    [InlineData("| compile | 10.0 % |")]
    [InlineData("| Queue::Deliver | deliver | 10.0 % |")]
    [InlineData("| libcoreclr.so, for Queue::Deliver | runtime | 10.0 % |")]
    [InlineData("| Dictionary::TryGetValue | route | 10.0 % |")]
    [InlineData("| ropeway-commit | 20.0 % |")]
    public async Task Report_Samples_GivesSharesByAreaFunctionAndThread(string line)
    {
        (int exitCode, string output, string error) = await BenchScript.RunAsync("profile", "--from", BenchScript.Sample("perf.txt"));

        Assert.True(exitCode == 0, error);
        Assert.Contains(line, output.Split('\n'));
    }

    [Theory]
    [InlineData("there is no load 'nonsense'", "nonsense")]
    [InlineData("a workload or --from is needed")]
    public async Task Run_WhatCannotBe_SaysSo(string expected, params string[] arguments)
    {
        (int exitCode, _, string error) = await BenchScript.RunAsync("profile", arguments);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }
}
