using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Invocation;
using Ropeway.CommandLine.Settings;

namespace Ropeway.CommandLine;

/// <summary>The help of System.CommandLine, with a command's examples and the global options below it.</summary>
internal sealed class ExampleHelp(HelpAction usual, GlobalOptions options) : SynchronousCommandLineAction
{
    /// <inheritdoc/>
    public override bool ClearsParseErrors => true;

    /// <inheritdoc/>
    public override int Invoke(ParseResult parseResult)
    {
        foreach (Option option in options.All)
        {
            option.Hidden = true; // From here on: they are listed apart from a command's own, and completed like them.
        }

        usual.Invoke(parseResult);
        TextWriter output = parseResult.InvocationConfiguration.Output;
        if (parseResult.CommandResult.Command is ClientCommand { Examples.Count: > 0 } command)
        {
            output.WriteLine("Examples:");
            foreach (string example in command.Examples)
            {
                output.WriteLine($"  {example}");
            }

            output.WriteLine();
        }

        if (parseResult.CommandResult.Command is ClientCommand or NounCommand)
        {
            output.WriteLine("Options of all commands that ask a broker:");
            foreach (Option option in options.All)
            {
                string name = string.Join(", ", option.Aliases.Append(option.Name).Distinct(StringComparer.Ordinal)) + (option.HelpName is null ? string.Empty : $" <{option.HelpName}>");
                output.WriteLine($"  {name,-24}  {option.Description}");
            }

            output.WriteLine();
        }

        return ClientExitCode.Done;
    }
}
