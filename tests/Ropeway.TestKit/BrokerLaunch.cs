using System.Globalization;
using System.Reflection;

namespace Ropeway.TestKit;

/// <summary>How a broker process is started. The same data directory and port again are the same broker restarted.</summary>
public sealed record BrokerLaunch
{
    /// <summary>Environment variable: a command that takes DIR and PORT and runs another broker, for comparison.</summary>
    public const string CommandVariable = "ROPEWAY_TEST_BROKER_COMMAND";

    /// <summary>Environment variable: path of a published <c>ropeway</c> executable to test in place of the build output.</summary>
    public const string ExecutableVariable = "ROPEWAY_TEST_EXECUTABLE";

    /// <summary>Where the broker keeps its data.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>Port to listen on; 0 lets the broker choose.</summary>
    public int Port { get; init; }

    /// <summary>More arguments for <c>ropeway serve</c>.</summary>
    public IReadOnlyList<string> ExtraArguments { get; init; } = [];

    /// <summary>How many files the process may open (util-linux's prlimit sets it); null for as many as this process.</summary>
    public int? OpenFilesMax { get; init; }

    /// <summary>Control group that the process joins before it begins; null for none.</summary>
    public MemoryGroup? MemoryGroup { get; init; }

    /// <summary>Environment variables of the process beside those of this one.</summary>
    public IReadOnlyDictionary<string, string> Environment { get; init; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>Command of another broker, or null for Ropeway.</summary>
    public string? ForeignCommand { get; init; }

    /// <summary>The broker that the environment asks for, by default Ropeway.</summary>
    public static BrokerLaunch FromEnvironment(string dataDirectory) => new()
    {
        DataDirectory = dataDirectory,
        ForeignCommand = System.Environment.GetEnvironmentVariable(CommandVariable) is { Length: > 0 } command ? command : null,
    };

    /// <summary>The built broker assembly of the configuration this code was built in.</summary>
    public static string BuiltBrokerPath { get; } = typeof(BrokerLaunch).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => string.Equals(a.Key, "BrokerPath", StringComparison.Ordinal)).Value!;

    /// <summary>Runs another command of the executable under test to its end.</summary>
    public static ToolRun RunCommand(params IEnumerable<string> arguments) => System.Environment.GetEnvironmentVariable(ExecutableVariable) is { Length: > 0 } executable
        ? ToolRun.Execute(executable, arguments)
        : ToolRun.Execute("dotnet", [BuiltBrokerPath, .. arguments]);

    /// <summary>The program and arguments to run.</summary>
    public (string FileName, IReadOnlyList<string> Arguments) Command()
    {
        if (ForeignCommand is not null)
        {
            return (ForeignCommand, [DataDirectory, Port.ToString(CultureInfo.InvariantCulture)]);
        }

        string listen = string.Create(CultureInfo.InvariantCulture, $"amqp://127.0.0.1:{Port}");
        string[] serve = ["serve", "--listen", listen, "--data-dir", DataDirectory, .. ExtraArguments];
        string[] command = System.Environment.GetEnvironmentVariable(ExecutableVariable) is { Length: > 0 } executable
            ? [executable, .. serve]
            : ["dotnet", BuiltBrokerPath, .. serve];
        if (MemoryGroup is not null)
        {
            command = ["sh", "-c", "echo $$ > \"$0\" && exec \"$@\"", MemoryGroup.ProcessFile, .. command];
        }

        return OpenFilesMax is { } count
            ? ("prlimit", [string.Create(CultureInfo.InvariantCulture, $"--nofile={count}:{count}"), .. command])
            : (command[0], command[1..]);
    }
}
