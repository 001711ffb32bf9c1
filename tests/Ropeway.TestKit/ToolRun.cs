using System.Diagnostics;

namespace Ropeway.TestKit;

/// <summary>A finished run of a command-line tool.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">Its standard output.</param>
/// <param name="Errors">Its standard error.</param>
public sealed record ToolRun(int ExitCode, string Output, string Errors)
{
    /// <summary>Runs a tool to its end, with a text on its standard input.</summary>
    public static ToolRun Execute(string fileName, IEnumerable<string> arguments, string input = "")
    {
        var start = new ProcessStartInfo(fileName, arguments)
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        var output = new List<string>();
        var errors = new List<string>();
        process.OutputDataReceived += (_, line) => Add(output, line.Data);
        process.ErrorDataReceived += (_, line) => Add(errors, line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        if (!process.WaitForExit(2 * TestDeadline.Milliseconds))
        {
            process.Kill();
            return new ToolRun(-1, string.Join('\n', output), $"{fileName} did not end.\n{string.Join('\n', errors)}");
        }

        process.WaitForExit();
        return new ToolRun(process.ExitCode, string.Join('\n', output), string.Join('\n', errors));
    }

    private static void Add(List<string> lines, string? line)
    {
        if (line is not null)
        {
            lines.Add(line);
        }
    }
}
