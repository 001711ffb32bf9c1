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

    [Fact]
    public async Task Compose_WithDefinitionsAtTheFirstStart_MakesNeitherGuestNorItsVirtualHost()
    {
        await using (Compose("""{"vhosts":[{"name":"v"}],"users":[{"name":"u","tags":"administrator","password":"p"}]}"""))
        {
        }

        // Permissions are refused for who is not there.
        Assert.Contains("vhost_or_user_not_found", RefusalOf("guest", "v"), StringComparison.Ordinal);
        Assert.Contains("vhost_or_user_not_found", RefusalOf("u", "/"), StringComparison.Ordinal);
        await using IComposedBroker again = Compose(Permission("u", "v"));
    }

    [Fact]
    public async Task Compose_WithDefinitionsAndADefaultUser_MakesTheUser()
    {
        var options = new ServerOptions { DefaultUser = "chosen", DefaultPassword = "p" };
        await using IComposedBroker broker = Compose(Permission("chosen", "/"), options);
    }

    private static string Permission(string user, string host) =>
        $$"""{"permissions":[{"user":"{{user}}","vhost":"{{host}}","configure":"","write":"","read":""}]}""";

    private string RefusalOf(string user, string host) => Assert.Throws<StartupException>(() => Compose(Permission(user, host))).Message;

    private IComposedBroker Compose(string? definitions, ServerOptions? with = null)
    {
        string file = Path.Combine(_directory, "definitions.json");
        if (definitions is not null)
        {
            File.WriteAllText(file, definitions);
        }

        ServerOptions options = (with ?? new ServerOptions()) with { DataDirectory = Path.Combine(_directory, "data"), DefinitionsFile = file };
        return Composition.Compose(new CompositionContext(options, new FileDescriptors(1_000, 100), NullLoggerFactory.Instance, TimeProvider.System, (_, _) => { }, _ => { }));
    }
}
