using System.Diagnostics;
using Ropeway.Tests;

namespace Ropeway.Bench.Tests;

/// <summary>Runs the programs of bench/ that are scripts, with the Python that has Debian's packages.</summary>
internal static class BenchScript
{
    public static string Sample(string name) => Path.Combine(RepositoryRoot.Path, "tests", "Ropeway.Bench.Tests", "samples", name);

    public static async Task<(int ExitCode, string Output, string Error)> RunAsync(string name, params string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/python3", [Path.Combine(RepositoryRoot.Path, "bench", name), .. arguments])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output, await error);
    }
}
