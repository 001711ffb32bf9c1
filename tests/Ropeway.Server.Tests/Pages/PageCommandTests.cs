using System.CommandLine;
using System.Text.RegularExpressions;
using Ropeway.CommandLine;

namespace Ropeway.Server.Tests.Pages;

/// <summary>Commands, options and variables that the pages name are those that the program has.</summary>
public sealed partial class PageCommandTests
{
    /// <summary>What stands for any option.</summary>
    private const string AnyOption = "--name";

    private static readonly RootCommand Root = CommandLine.Create(TextWriter.Null, TextWriter.Null, Surroundings.OfProcess());

    [Fact]
    public void Commands_InEveryPage_AreUnderstood()
    {
        (Page Page, PageCommand Command)[] commands = [.. Page.All.SelectMany(page => PageCommand.Of(page).Select(command => (page, command)))];
        Assert.True(commands.Length > 40, "The pages' commands are not found any more.");
        Assert.Empty(commands.SelectMany(one => FaultsOf(one.Command).Select(fault => $"{one.Page.Path}: {one.Command.Line}: {fault}")));
    }

    [Fact]
    public void Options_NamedInTheGuide_Exist()
    {
        var known = Known(Root).ToHashSet(StringComparer.Ordinal);
        Assert.Empty(Page.Operations.SelectMany(page => page.Lines()
            .Where(line => !line.IsCode)
            .SelectMany(line => InlineCode().Matches(line.Text))
            .SelectMany(code => OptionName().Matches(code.Value))
            .Select(match => match.Value)
            .Where(option => !known.Contains(option) && option != AnyOption)
            .Select(option => $"{page.Path}: {option}")));
    }

    [Fact]
    public void Variables_NamedInTheGuide_Exist()
    {
        var known = ServerOptionList.All.Select(option => option.EnvironmentName)
            .Concat(ClientCommandLine.Variables)
            .ToHashSet(StringComparer.Ordinal);
        Assert.Empty(Page.Operations.SelectMany(page => Variable().Matches(page.Text).Select(match => match.Value).Where(name => !known.Contains(name)).Select(name => $"{page.Path}: {name}")));
    }

    /// <summary>What is wrong with a command, unless the page shows that it is and what the program says.</summary>
    private static string[] FaultsOf(PageCommand command)
    {
        string[] faults = [.. Check(Root.Parse(command.Arguments))];
        if (faults.Length == 0)
        {
            return faults;
        }

        var error = new StringWriter { NewLine = "\n" };
        CommandLine.Run(command.Arguments, TextWriter.Null, error);
        return error.ToString().TrimEnd().Split('\n')[^1] == command.Answer ? [] : faults;
    }

    /// <summary>What the parser says, and what the options of the server say about their values.</summary>
    private static IEnumerable<string> Check(ParseResult parsed) =>
        parsed.Errors.Select(error => error.Message).Concat(parsed.CommandResult.Command.Options.OfType<Option<string[]>>()
            .Where(option => parsed.GetResult(option) is { Implicit: false } && ServerOptionList.Find(option.Name[2..]) is not null)
            .Select(option => FaultOf(ServerOptionList.Find(option.Name[2..])!, parsed.GetValue(option)!))
            .OfType<string>());

    private static string? FaultOf(ServerOption option, string[] values)
    {
        try
        {
            option.Apply(new ServerOptions(), values);
            return null;
        }
        catch (Exception fault) when (fault is FormatException or StartupException)
        {
            return $"--{option.Name}: {fault.Message}";
        }
    }

    private static IEnumerable<string> Known(Command command) =>
        command.Options.SelectMany(option => option.Aliases.Append(option.Name)).Concat(command.Subcommands.SelectMany(Known));

    [GeneratedRegex("`[^`]+`")]
    private static partial Regex InlineCode();

    [GeneratedRegex(@"(?<![\w-])--[a-z][a-z-]*")]
    private static partial Regex OptionName();

    [GeneratedRegex("\\bROPEWAY_[A-Z_]*[A-Z]\\b")]
    private static partial Regex Variable();
}
