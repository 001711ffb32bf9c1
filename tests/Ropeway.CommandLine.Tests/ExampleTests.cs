using Ropeway.CommandLine.Amqp;

namespace Ropeway.CommandLine.Tests;

/// <summary>Every example of every help text works.</summary>
public sealed class ExampleTests(BrokerFixture broker) : IClassFixture<BrokerFixture>, IDisposable
{
    /// <summary>Codes with which an example may end: a check may find something.</summary>
    private static readonly int[] GoodCodes = [ClientExitCode.Done, ClientExitCode.Found];

    private readonly string _directory = Directory.CreateTempSubdirectory("ropeway-examples-").FullName;

    public static TheoryData<string, string> Examples
    {
        get
        {
            var examples = new TheoryData<string, string>();
            foreach (ClientCommand command in CommandTree.Commands)
            {
                foreach (string example in command.Examples)
                {
                    examples.Add(command.Name, example);
                }
            }

            return examples;
        }
    }

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void Commands_Shown_HaveThreeExamples() =>
        Assert.All(CommandTree.Commands.Where(command => !command.Hidden), command => Assert.True(command.Examples.Count >= 3, CommandTree.PathOf(command)));

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Example_OnARealBroker_Works(string command, string example)
    {
        Shell shell = await broker.OpenAsync();
        await new ExampleWorld(shell, _directory).BuildAsync(example);
        shell.Input = example.Contains("import -", StringComparison.Ordinal) ? "{}" : "one\ntwo\n";
        string line = example.Replace("definitions.json", Path.Combine(_directory, "definitions.json"), StringComparison.Ordinal);
        await using AmqpLink? link = line.Contains("CONNECTION", StringComparison.Ordinal) ? await broker.ConnectAsync() : null;
        if (link is not null)
        {
            string name = (await shell.DoAsync("connection list --columns name --where state=running --limit 1")).Trim();
            line = line.Replace("CONNECTION", $"'{name}'", StringComparison.Ordinal);
        }

        if (line.Contains("JOB", StringComparison.Ordinal))
        {
            line = line.Replace("JOB", (await shell.DoAsync("queue copy orders --to invoices --detach")).Trim(), StringComparison.Ordinal);
        }

        Assert.StartsWith("ropeway ", line, StringComparison.Ordinal);
        ShellResult result = await shell.RunAsync(line["ropeway ".Length..]);
        Assert.True(GoodCodes.Contains(result.Code), $"{command}: {example}: exit code {result.Code}\n{result.Output}{result.Error}");
    }
}
