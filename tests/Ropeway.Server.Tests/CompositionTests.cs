using Microsoft.Extensions.Logging.Abstractions;

namespace Ropeway.Server.Tests;

public sealed class CompositionTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ropeway-composition-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Compose_WithDefinitions_ImportsThemAtEveryStart()
    {
        await using (Compose("""{"vhosts":[{"name":"v"}],"queues":[{"name":"q","vhost":"v","durable":true}]}"""))
        {
        }

        // A contradiction to what the first start imported proves that both imported.
        StartupException fault = Assert.Throws<StartupException>(() => Compose("""{"queues":[{"name":"q","vhost":"v","durable":false}]}"""));
        Assert.Equal(ExitCode.Definitions, fault.ExitCode);
        Assert.Contains("queues[0] 'q': inequivalent arg 'durable'", fault.Message, StringComparison.Ordinal);
        await using IComposedBroker again = Compose("{}"); // The refused start has given the data directory back.
    }

    [Fact]
    public void Compose_WithoutTheDefinitionsFile_NamesIt()
    {
        StartupException fault = Assert.Throws<StartupException>(() => Compose(definitions: null));
        Assert.Equal(ExitCode.Definitions, fault.ExitCode);
        Assert.Contains("definitions.json", fault.Message, StringComparison.Ordinal);
    }

    private IComposedBroker Compose(string? definitions)
    {
        string file = Path.Combine(_directory, "definitions.json");
        if (definitions is not null)
        {
            File.WriteAllText(file, definitions);
        }

        var options = new ServerOptions { DataDirectory = Path.Combine(_directory, "data"), DefinitionsFile = file };
        return Composition.Compose(new CompositionContext(options, NullLoggerFactory.Instance, TimeProvider.System, (_, _) => { }, _ => { }));
    }
}
