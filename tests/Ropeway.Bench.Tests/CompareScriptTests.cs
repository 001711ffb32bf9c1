using System.Xml.Linq;

namespace Ropeway.Bench.Tests;

/// <summary>What bench/compare says of results that were kept, and how it draws them.</summary>
public class CompareScriptTests
{
    [Fact]
    public async Task Report_TwoBrokers_JudgesEachRowThatWasRun()
    {
        (int exitCode, string output, _) = await BenchScript.RunAsync("compare", "--from", BenchScript.Sample("compare.jsonl"));

        Assert.Equal(1, exitCode); // The sample holds a run that failed.
        AssertLine(output, "| 128 B transient, auto-ack | ropeway | 2,459,592 (2,419,907 - 2,564,234) | 28.9x | 0.366 (0.328 - 0.373) |");
        AssertLine(output, "| 128 B transient, auto-ack | rate against rabbitmq | >= 20x | 28.9x | reached |");
        AssertLine(output, "| 1 KiB transient, auto-ack | rate | >= 600,000/s | 569,981/s | **not reached** |");
        AssertLine(output, "| 1 KiB transient, auto-ack | rate against rabbitmq | >= 7x | 9.60x | reached | >= 10x: not reached |");
        AssertLine(output, "| 5,000 msg/s, 1 KiB persistent, confirms | confirm p99 against rabbitmq | <= 1/3 | 1/3.58 | reached |");
        AssertLine(output, "| 10,000 durable queues, declared 100 deep | memory of each | <= 1 KiB |  | not measured |");
        AssertLine(output, "- queues, rabbitmq, round 3: Cannot open a connection: sample fault");
        Assert.Contains("**Asked and reached: 12 of 16**", output, StringComparison.Ordinal);
        Assert.Contains("more than 0.1 cores in 1 of 24 runs, 0.60 at most; busiest: cc1 0.55", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Report_TwoBuilds_GivesRatiosWithinRounds()
    {
        (int exitCode, string output, _) = await BenchScript.RunAsync("compare", "--from", BenchScript.Sample("baseline.jsonl"));

        Assert.Equal(0, exitCode);
        Assert.Contains("Before: 0123abc; after: 89abcde+changes.", output, StringComparison.Ordinal);
        AssertLine(output, "| 128 B transient, auto-ack | broker CPU | 0.44 us/msg | 0.32 us/msg | 0.750 (0.727 - 0.800) |");
        AssertLine(output, "| 128 B transient, auto-ack | rate | 2,272,727/s | 3,125,000/s | 1.333 (1.250 - 1.375) |");
    }

    [Fact]
    public async Task Draw_Results_GivesAPictureForLightAndDarkPages()
    {
        string path = Path.Combine(Path.GetTempPath(), $"ropeway-benchmarks-{Guid.NewGuid():N}.svg");
        try
        {
            (_, _, string error) = await BenchScript.RunAsync("compare", "--from", BenchScript.Sample("compare.jsonl"), "--svg", path);

            Assert.True(File.Exists(path), error);
            string picture = File.ReadAllText(path);
            var texts = XDocument.Parse(picture).Descendants().Where(element => element.Name.LocalName == "text").Select(element => element.Value.Trim()).ToList();
            Assert.Contains("128 B transient, auto-ack", texts);
            Assert.Contains("2.46 M", texts);
            Assert.Contains("RabbitMQ", texts);
            Assert.Contains("prefers-color-scheme: dark", picture, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Theory]
    [InlineData("there is no workload 'nonsense'", "--only", "nonsense")]
    [InlineData("--brokers knows", "--brokers", "nats")]
    [InlineData("--svg draws", "--svg", "picture.svg")]
    public async Task Run_WhatCannotBe_SaysSo(string expected, params string[] arguments)
    {
        (int exitCode, _, string error) = await BenchScript.RunAsync("compare", arguments);

        Assert.NotEqual(0, exitCode);
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    private static void AssertLine(string output, string start) =>
        Assert.Contains(output.Split('\n'), line => line.StartsWith(start, StringComparison.Ordinal));
}
