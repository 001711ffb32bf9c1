using System.Text;
using Ropeway.Tests;

namespace Ropeway.CommandLine.Tests;

/// <summary>
/// What each command writes for the same answers of a broker: on terminals of 60, 80 and 200 columns, and into a pipe. The files in <c>Golden</c> are
/// read by people; <c>ROPEWAY_WRITE_GOLDEN=1</c> writes them anew.
/// </summary>
public sealed class GoldenTests : IDisposable
{
    private static readonly string Folder = Path.Combine(RepositoryRoot.Path, "tests", "Ropeway.CommandLine.Tests", "Golden");

    /// <summary>Speak AMQP, or never end.</summary>
    private static readonly string[] Without = ["consume", "publish", "top"];

    private readonly string _home = Directory.CreateTempSubdirectory("ropeway-golden-").FullName;

    public static TheoryData<string> Paths => [.. PathTexts];

    private static IEnumerable<string> PathTexts => CommandTree.Commands.Where(command => !command.Hidden).Select(CommandTree.PathOf).Where(path => !Without.Contains(path));

    public void Dispose() => Directory.Delete(_home, recursive: true);

    [Theory]
    [MemberData(nameof(Paths))]
    public async Task Command_OfCannedAnswers_WritesWhatItAlwaysDid(string path)
    {
        ClientCommand command = CommandTree.Commands.Single(candidate => CommandTree.PathOf(candidate) == path);
        string line = command.Examples[0]["ropeway ".Length..];
        var written = new StringBuilder();
        foreach (int columns in new[] { 60, 80, 200 })
        {
            await AppendAsync(written, line, $"{columns} columns", columns);
        }

        await AppendAsync(written, line, "pipe", columns: null);
        await AppendAsync(written, line + " --json", "pipe", columns: null);
        string file = Path.Combine(Folder, path.Replace(' ', '-') + ".txt");
        if (Environment.GetEnvironmentVariable("ROPEWAY_WRITE_GOLDEN") == "1")
        {
            await File.WriteAllTextAsync(file, written.ToString());
        }

        Assert.Equal(await File.ReadAllTextAsync(file), written.ToString());
    }

    [Fact]
    public void Files_All_BelongToACommand() =>
        Assert.Equal(PathTexts.Select(path => path.Replace(' ', '-')).Order(StringComparer.Ordinal), Directory.GetFiles(Folder).Select(Path.GetFileNameWithoutExtension).Order(StringComparer.Ordinal));

    private async Task AppendAsync(StringBuilder written, string line, string where, int? columns)
    {
        string saved = Path.Combine(_home, "ropeway");
        Directory.CreateDirectory(saved);
        await File.WriteAllTextAsync(Path.Combine(saved, "contexts.json"), """{"current":"saved","contexts":{"saved":{"url":"http://127.0.0.1:15672/","user":"ada"},"test":{"url":"http://127.0.0.1:25672/","vhost":"shop"}}}""");
        await File.WriteAllTextAsync(Path.Combine(_home, "definitions.json"), """{"vhosts":[{"name":"shop"}],"queues":[{"name":"a"},{"name":"b"}]}""");
        var shell = new Shell { Columns = columns, Handler = () => new CannedBroker(), Variables = { ["XDG_CONFIG_HOME"] = _home, ["ROPEWAY_USER"] = "guest", ["ROPEWAY_PASSWORD"] = "guest" } };
        shell.Variables["NO_COLOR"] = "1";
        shell.Input = "first\nsecond\n";
        ShellResult result = await shell.RunAsync(line.Replace("definitions.json", Path.Combine(_home, "definitions.json"), StringComparison.Ordinal));
        written.Append("$ ropeway ").Append(line).Append("   # ").Append(where).Append(", exit code ").Append(result.Code).Append('\n').Append(result.Output);
        foreach (string errorLine in result.Error.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            written.Append("2> ").Append(errorLine.Replace(_home, "HOME", StringComparison.Ordinal)).Append('\n');
        }

        written.Append('\n');
    }
}
