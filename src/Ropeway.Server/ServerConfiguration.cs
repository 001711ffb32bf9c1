using Microsoft.Extensions.Configuration;
using Ropeway.CommandLine;

namespace Ropeway.Server;

/// <summary>
/// Puts the options together: the defaults, then the configuration file, then the environment, then the command line; a
/// later one replaces an earlier one, lists as a whole.
/// </summary>
internal static class ServerConfiguration
{
    /// <summary>Reads all origins.</summary>
    /// <param name="commandLine">What the command line says.</param>
    /// <param name="environment">Gives a variable of the environment, or null.</param>
    /// <exception cref="StartupException">Something is wrong; the text names where.</exception>
    public static ServerOptions Load(OptionSource commandLine, Func<string, string?> environment)
    {
        OptionSource variables = FromEnvironment(environment);
        var builder = new ConfigurationBuilder();
        ServerOption config = ServerOptionList.Find("config")!;
        (IReadOnlyList<string> Values, string Origin)? file = commandLine.Find(config) ?? variables.Find(config);
        if (file is not null)
        {
            builder.Add(ConfigFile.Read(file.Value.Values[0]));
        }

        builder.Add(variables);
        builder.Add(commandLine);
        IConfigurationRoot configuration = builder.Build();
        var options = new ServerOptions();
        foreach (ServerOption option in ServerOptionList.All)
        {
            options = Apply(options, option, configuration);
        }

        return options;
    }

    /// <summary>Names the variables that look like ours and are not: a mistyped one would have no effect, and nobody would know.</summary>
    /// <param name="variables">The names in the environment.</param>
    /// <returns>One line each, in the order of the names.</returns>
    public static IReadOnlyList<string> UnknownVariables(IEnumerable<string> variables)
    {
        var known = ServerOptionList.All.Select(option => option.EnvironmentName).Concat(ClientCommandLine.Variables).ToHashSet(StringComparer.Ordinal);
        return
        [
            .. variables
                .Where(name => name.StartsWith(ServerOption.EnvironmentPrefix, StringComparison.OrdinalIgnoreCase) && !known.Contains(name))
                .Order(StringComparer.Ordinal)
                .Select(name => $"environment variable {name} is not known and has no effect; {HintFor(name)}"),
        ];
    }

    private static string HintFor(string variable) =>
        ServerOptionList.Nearest(variable[ServerOption.EnvironmentPrefix.Length..].Replace('_', '-')) is { } nearest
            ? $"did you mean {ServerOptionList.Find(nearest)!.EnvironmentName}?"
            : "docs/operations/configuration.md lists the known ones";

    private static OptionSource FromEnvironment(Func<string, string?> environment)
    {
        var source = new OptionSource(ExitCode.Usage);
        foreach (ServerOption option in ServerOptionList.All)
        {
            string name = option.EnvironmentName;
            string? value = environment(name);
            if (value is null && option.OtherEnvironmentName is not null)
            {
                name = option.OtherEnvironmentName;
                value = environment(name);
            }

            if (value is not null)
            {
                string[] values = option.IsRepeatable
                    ? value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                    : [value];
                source.Add(option.Name, values, $"environment variable {name}");
            }
        }

        return source;
    }

    private static ServerOptions Apply(ServerOptions options, ServerOption option, IConfigurationRoot configuration)
    {
        foreach (OptionSource source in configuration.Providers.OfType<OptionSource>().Reverse())
        {
            if (source.Find(option) is not var (values, origin))
            {
                continue;
            }

            try
            {
                return option.Apply(options, values);
            }
            catch (FormatException failure)
            {
                string given = option.IsSecret ? string.Empty : $" '{string.Join(", ", values)}'";
                throw new StartupException(source.ErrorCode, $"{origin}: bad value{given}: {failure.Message}", failure);
            }
            catch (StartupException failure)
            {
                throw new StartupException(failure.ExitCode, $"{origin}: {failure.Message}", failure);
            }
        }

        return options;
    }
}
