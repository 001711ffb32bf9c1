using System.Text;
using ServerCommandLine = Ropeway.Server.CommandLine;

namespace Ropeway.CommandLine.Tests;

/// <summary>Runs command lines as a shell would, in this process: quotes, a terminal or pipes, variables, what is typed.</summary>
internal sealed class Shell
{
    public Dictionary<string, string> Variables { get; } = [];

    /// <summary>Width of the terminal that results go to; null for a pipe.</summary>
    public int? Columns { get; set; }

    /// <summary>Whether somebody answers, with <see cref="Input"/>.</summary>
    public bool IsInputTerminal { get; set; }

    public string Input { get; set; } = string.Empty;

    public Func<HttpMessageHandler>? Handler { get; set; }

    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>Where results go; null collects them.</summary>
    public Stream? OutputStream { get; set; }

    /// <summary>Runs one line; a word in quotes is one argument.</summary>
    public Task<ShellResult> RunAsync(string line, CancellationToken aborted = default) => RunAsync([.. Words(line)], aborted);

    public async Task<ShellResult> RunAsync(string[] arguments, CancellationToken aborted = default)
    {
        var output = new MemoryStream();
        var error = new StringWriter { NewLine = "\n" };
        var surroundings = new Surroundings(() => OutputStream ?? output)
        {
            Error = error,
            Input = () => new StringReader(Input),
            InputStream = () => new MemoryStream(Encoding.UTF8.GetBytes(Input)),
            IsInputTerminal = IsInputTerminal,
            IsOutputTerminal = Columns is not null,
            TerminalSize = () => (Columns ?? 80, 24),
            ReadKeyAsync = _ => Task.FromResult<ConsoleKeyInfo?>(null),
            Variable = name => Variables.GetValueOrDefault(name),
            Time = Time,
            Handler = Handler ?? (static () => new SocketsHttpHandler()),
        };
        var help = new StringWriter { NewLine = "\n" };
        int code = await ServerCommandLine.RunAsync(arguments, help, error, surroundings, aborted);
        return new ShellResult(code, help + Encoding.UTF8.GetString(output.ToArray()), error.ToString());
    }

    /// <summary>Runs a line that must succeed.</summary>
    public async Task<string> DoAsync(string line)
    {
        ShellResult result = await RunAsync(line);
        Assert.True(result.Code == 0, $"{line}: exit code {result.Code}: {result.Error}");
        return result.Output;
    }

    /// <summary>Words of a line; single quotes keep spaces.</summary>
    public static IEnumerable<string> Words(string line)
    {
        var word = new StringBuilder();
        bool isQuoted = false;
        bool hasWord = false;
        foreach (char letter in line)
        {
            if (letter == '\'')
            {
                isQuoted = !isQuoted;
                hasWord = true;
            }
            else if (letter == ' ' && !isQuoted)
            {
                if (hasWord)
                {
                    yield return word.ToString();
                }

                word.Clear();
                hasWord = false;
            }
            else
            {
                word.Append(letter);
                hasWord = true;
            }
        }

        if (hasWord)
        {
            yield return word.ToString();
        }
    }
}
