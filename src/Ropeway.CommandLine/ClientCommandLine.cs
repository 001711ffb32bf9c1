using System.CommandLine;
using System.CommandLine.Help;
using Ropeway.CommandLine.Commands;
using Ropeway.CommandLine.Settings;

namespace Ropeway.CommandLine;

/// <summary>The commands that ask a running broker.</summary>
public static class ClientCommandLine
{
    /// <summary>Environment variables that these commands read and a server does not.</summary>
    public static IReadOnlyList<string> Variables { get; } = ["ROPEWAY_URL", "ROPEWAY_USER", "ROPEWAY_PASSWORD", "ROPEWAY_VHOST", "ROPEWAY_CONTEXT"];

    /// <summary>Adds them to the root, and examples to the help.</summary>
    /// <param name="root">The root command, with its help option.</param>
    /// <param name="surroundings">Everything outside of the process.</param>
    public static void AddTo(RootCommand root, Surroundings surroundings) => AddTo(root, surroundings, []);

    /// <summary>The same, with more commands of this kind that need what this project does not know.</summary>
    internal static void AddTo(RootCommand root, Surroundings surroundings, IReadOnlyList<Func<CommandScope, Command>> more)
    {
        var scope = new CommandScope(surroundings);
        foreach (Command command in Create(scope).Concat(more.Select(create => create(scope))))
        {
            root.Subcommands.Add(command);
        }

        HelpOption help = root.Options.OfType<HelpOption>().Single();
        if (help.Action is HelpAction usual)
        {
            help.Action = new ExampleHelp(usual, scope.Options);
        }
    }

    /// <summary>Puts options of all commands that stand before the command behind it, where they belong: <c>ropeway --url X queue list</c>.</summary>
    public static string[] PutCommandFirst(string[] args)
    {
        int start = 0;
        Option[] known = args.Length > 0 && args[0].StartsWith('-') ? [.. new GlobalOptions().All] : [];
        while (start < args.Length && Array.Find(known, option => option.Name == args[start].Split('=')[0] || option.Aliases.Contains(args[start].Split('=')[0])) is { } option)
        {
            start += option.Arity.MinimumNumberOfValues > 0 && !args[start].Contains('=', StringComparison.Ordinal) ? 2 : 1;
        }

        return start > 0 && start < args.Length && !args[start].StartsWith('-') ? [.. args[start..], .. args[..start]] : args;
    }

    /// <summary>Says what is wrong with a command line: one line, and a second one with the next step.</summary>
    /// <returns>Null when the command is none of these.</returns>
    public static string? Explain(ParseResult parsed)
    {
        Command command = parsed.CommandResult.Command;
        if (command is not (ClientCommand or NounCommand))
        {
            return null;
        }

        string path = string.Join(' ', PathOf(command));
        if (parsed.UnmatchedTokens.Count == 0)
        {
            return command is NounCommand
                ? $"error: {path}: one of {string.Join(", ", command.Subcommands.Where(verb => !verb.Hidden).Select(verb => verb.Name))} is expected"
                : $"error: {path}: {parsed.Errors[0].Message}{Environment.NewLine}  {path} --help shows its arguments and options";
        }

        string token = parsed.UnmatchedTokens[0];
        bool isOption = token.StartsWith('-');
        IEnumerable<string> known = isOption
            ? command.Options.Concat(command.Parents.OfType<Command>().SelectMany(parent => parent.Options)).Select(option => option.Name)
            : command.Subcommands.Select(verb => verb.Name);
        string? nearest = NearestName.Find(isOption ? token.Split('=')[0] : token, known);
        string what = isOption ? "option" : command is NounCommand ? "verb" : "argument";
        return $"error: {path}: unknown {what} '{token}'{Environment.NewLine}  {(nearest is null ? $"{path} --help lists the known ones" : $"Did you mean {nearest}?")}";
    }

    private static IEnumerable<string> PathOf(Command command) =>
        command.Parents.OfType<Command>().FirstOrDefault() is { } parent ? PathOf(parent).Append(command.Name) : ["ropeway"];

    private static IEnumerable<Command> Create(CommandScope scope) =>
    [
        StatusCommands.CreateStatus(scope),
        QueueCommands.Create(scope),
        ExchangeCommands.Create(scope),
        BindingCommands.Create(scope),
        UserCommands.Create(scope),
        PermissionCommands.Create(scope),
        VirtualHostCommands.Create(scope),
        PolicyCommands.Create(scope),
        LimitCommands.Create(scope),
        DefinitionCommands.Create(scope),
        PublishCommand.Create(scope),
        ConsumeCommand.Create(scope),
        BrowseCommands.CreateMessage(scope),
        RouteCommands.Create(scope),
        JobCommands.Create(scope),
        DelayedCommands.Create(scope),
        ConnectionCommands.Create(scope),
        ConnectionCommands.CreateChannel(scope),
        ConnectionCommands.CreateConsumer(scope),
        HealthCommand.Create(scope),
        FindingsCommand.Create(scope),
        LogCommand.Create(scope),
        AuditCommand.Create(scope),
        TopCommand.Create(scope),
        ContextCommands.Create(scope),
        CompletionCommand.Create(scope),
        VersionCommand.Create(scope),
        .. RabbitCommands.Create(scope),
    ];
}
