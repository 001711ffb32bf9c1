using System.Collections.Concurrent;
using System.Globalization;
using System.Reflection;

namespace Ropeway.TestKit.Faults;

/// <summary>The C tools of <c>tests/faults</c>: compiled with gcc beside this assembly when a process first asks for one. Any thread.</summary>
public static class FaultTool
{
    private static readonly ConcurrentDictionary<string, Lazy<string>> Compiled = new(StringComparer.Ordinal);

    /// <summary>Why the tools cannot be had here; null when they can.</summary>
    public static string? Obstacle { get; } =
        !OperatingSystem.IsLinux() ? "needs Linux" : FindsCompiler() ? null : "needs gcc, which is not on the PATH";

    private static string Sources { get; } = typeof(FaultTool).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => string.Equals(a.Key, "FaultSources", StringComparison.Ordinal)).Value!;

    /// <summary>Path of a library to preload, made of <c>tests/faults/NAME.c</c>.</summary>
    public static string Library(string name) => Compiled.GetOrAdd(name + ".so", file => new(() => Compile(name, file, "-shared", "-fPIC"))).Value;

    /// <summary>Path of a program, made of <c>tests/faults/NAME.c</c>.</summary>
    public static string Program(string name) => Compiled.GetOrAdd(name, file => new(() => Compile(name, file))).Value;

    private static bool FindsCompiler() =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(directory => File.Exists(Path.Combine(directory, "gcc")));

    private static string Compile(string name, string file, params ReadOnlySpan<string> options)
    {
        string directory = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "faults")).FullName;
        string target = Path.Combine(directory, file);
        string unfinished = string.Create(CultureInfo.InvariantCulture, $"{target}.{Environment.ProcessId}"); // Another process may compile the same.
        ToolRun run = ToolRun.Execute("gcc", ["-O2", "-Wall", "-Wextra", "-Werror", .. options, "-o", unfinished, Path.Combine(Sources, name + ".c")]);
        if (run.ExitCode != 0)
        {
            throw new InvalidOperationException($"gcc could not compile {name}.c: {run.Errors}");
        }

        File.Move(unfinished, target, overwrite: true);
        return target;
    }
}
