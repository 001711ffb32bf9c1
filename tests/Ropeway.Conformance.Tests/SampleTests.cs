using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>The examples of the documentation, run as they are, so that they stay true. They show what other brokers may not have.</summary>
[Collection(BrokerCollection.Name)]
public sealed class SampleTests(BrokerFixture broker)
{
    private static readonly string Samples = Path.Combine(AppContext.BaseDirectory, "samples");

    public static TheoryData<string, string[]> Outputs => new()
    {
        { "deduplication", ["taken: order-1, order-2"] },
        { "delayed_delivery", ["water boils", "tea is ready"] },
        { "message_groups", ["first worker works on ann: order", "second worker works on bob: order", "second worker works on bob: cancel", "worker works on ann: change", "worker works on ann: pay"] },
        { "retry", ["sent to ann@example.org", "failed 4 times in ", "undeliverable: to nobody@example.org delivery_limit"] },
        { "rewind", ["20 C = 68 F", "21 C = 70 F", "22 C = 210 F", "23 C = 218 F", "2 messages come once more", "22 C = 72 F (again)", "23 C = 73 F (again)"] },
        { "sequence_numbers", ["rent: paid", "power: paid", "rent: done before", "power: done before", "water: paid"] },
    };

    [OwnBrokerTheory]
    [MemberData(nameof(Outputs))]
    public void Sample_AgainstTheBroker_PrintsWhatItPromises(string name, string[] expected)
    {
        string url = $"amqp://guest:guest@{broker.Endpoint.Host}:{broker.Endpoint.Port}/";

        ToolRun run = ToolRun.Execute("/usr/bin/python3", ["-B", Path.Combine(Samples, name + ".py"), url, broker.HttpUrl]);

        Assert.True(run.ExitCode == 0, run.Errors + broker.Log);
        string[] lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(expected.Length, lines.Length);
        Assert.All(expected.Zip(lines), pair => Assert.Contains(pair.First, pair.Second, StringComparison.Ordinal));
    }

    [Fact]
    public void Samples_AllOfThem_AreRun() => Assert.Equal(
        Directory.EnumerateFiles(Samples, "*.py").Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal),
        Outputs.Select(row => (string)row[0]).Order(StringComparer.Ordinal));
}
