namespace Ropeway.Bench.Tests;

/// <summary>What bench/page takes.</summary>
public class PageScriptTests
{
    [Theory]
    [InlineData("there is no load 'nonsense'; known: t128,", "nonsense")]
    [InlineData("--pairs takes 1 or more", "--pairs", "0")]
    public async Task Run_WhatCannotBe_SaysSo(string expected, params string[] arguments)
    {
        (int exitCode, _, string error) = await BenchScript.RunAsync("page", arguments);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }
}
