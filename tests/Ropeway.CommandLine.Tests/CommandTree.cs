using System.CommandLine;

namespace Ropeway.CommandLine.Tests;

/// <summary>All commands that ask a broker.</summary>
internal static class CommandTree
{
    public static IReadOnlyList<ClientCommand> Commands { get; } = [.. Find(Root())];

    public static string PathOf(Command command) => string.Join(' ', command.Parents.OfType<Command>().Where(parent => parent is not RootCommand).Select(PathOf).Append(command.Name));

    public static RootCommand Root()
    {
        var root = new RootCommand();
        ClientCommandLine.AddTo(root, new Surroundings(() => Stream.Null)
        {
            Error = TextWriter.Null,
            Input = () => TextReader.Null,
            InputStream = () => Stream.Null,
            TerminalSize = () => (80, 24),
            ReadKeyAsync = _ => Task.FromResult<ConsoleKeyInfo?>(null),
            Variable = _ => null,
            Time = TimeProvider.System,
        });
        return root;
    }

    private static IEnumerable<ClientCommand> Find(Command command) =>
        command.Subcommands.SelectMany(Find).Concat(command is ClientCommand client ? [client] : []);
}
