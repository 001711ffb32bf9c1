using System.CommandLine;
using System.CommandLine.Parsing;
using Ropeway.CommandLine;
using Ropeway.Server.Bench;
using Ropeway.Server.Upkeep;

namespace Ropeway.Server;

/// <summary>The command line: which commands there are, and how its faults are told.</summary>
internal static class CommandLine
{
    /// <summary>Parses and runs. Every fault is one line on <paramref name="error"/> and an exit code.</summary>
    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
#pragma warning disable VSTHRD002 // The process's main thread has nothing else to do.
        return RunAsync(args, output, error, Surroundings.OfProcess(), CancellationToken.None).GetAwaiter().GetResult();
#pragma warning restore VSTHRD002
    }

    /// <summary>The same, with what the commands that ask a broker touch.</summary>
    internal static async Task<int> RunAsync(string[] args, TextWriter output, TextWriter error, Surroundings surroundings, CancellationToken aborted)
    {
        bool isBroker = args is ["serve", ..]; // It runs for months, and needs no commands for talking to others.
        RootCommand root = Create(output, error, isBroker ? null : surroundings);
        ParseResult parsed = root.Parse(ClientCommandLine.PutCommandFirst(args));
        if (parsed.Errors.Count > 0)
        {
            await error.WriteLineAsync(ClientCommandLine.Explain(parsed) ?? $"ropeway: {Explain(parsed)}").ConfigureAwait(false);
            return ExitCode.Usage;
        }

        try
        {
            var invocation = new InvocationConfiguration
            {
                Output = output,
                Error = error,
                EnableDefaultExceptionHandler = false,
                ProcessTerminationTimeout = null, // The commands handle the signals themselves.
            };
            return await parsed.InvokeAsync(invocation, aborted).ConfigureAwait(false);
        }
        catch (StartupException fault)
        {
            await error.WriteLineAsync($"ropeway: {fault.Message}").ConfigureAwait(false);
            return fault.ExitCode;
        }
    }

    /// <summary>All commands with their options.</summary>
    /// <param name="output">Results.</param>
    /// <param name="error">Everything else.</param>
    /// <param name="surroundings">What the commands that ask a broker touch; null leaves these commands out.</param>
    internal static RootCommand Create(TextWriter output, TextWriter error, Surroundings? surroundings)
    {
        var serve = new ServeCommand(output, error, Composition.Compose, TimeProvider.System);
        var root = new RootCommand("Ropeway, a message broker. Without a command it serves.");
        serve.AddTo(root);
        var serveCommand = new Command("serve", "Runs the broker until SIGTERM or SIGINT.");
        serve.AddTo(serveCommand);
        root.Subcommands.Add(serveCommand);
        root.Subcommands.Add(DirectoryCommands.CreateVerify());
        root.Subcommands.Add(DirectoryCommands.CreateRepair());
        root.Subcommands.Add(BackupCommands.CreateRestore());
        root.Subcommands.Add(BenchCommand.Create());
        if (surroundings is not null)
        {
            ClientCommandLine.AddTo(root, surroundings, [BackupCommands.CreateBackup]);
        }

        return root;
    }

    private static string Explain(ParseResult parsed)
    {
        if (parsed.UnmatchedTokens.Count == 0)
        {
            return parsed.Errors[0].Message;
        }

        string token = parsed.UnmatchedTokens[0];
        bool isOption = token.StartsWith("--", StringComparison.Ordinal);
        string? nearest = isOption
            ? NearestName.Find(token[2..].Split('=')[0], parsed.CommandResult.Command.Options.Select(option => option.Name[2..]))
            : NearestName.Find(token, parsed.RootCommandResult.Command.Subcommands.Select(command => command.Name));
        string hint = nearest is null ? "ropeway --help lists the known ones" : $"did you mean '{(isOption ? "--" : string.Empty)}{nearest}'?";
        return $"unknown {(isOption ? "option" : "command or argument")} '{token}'; {hint}";
    }
}
