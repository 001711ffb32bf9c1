using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Ropeway.CommandLine;

/// <summary>Everything outside of the process that a command touches. One for a process; a test makes its own. One caller at a time.</summary>
public sealed class Surroundings
{
    private readonly Lazy<TextWriter> _output;

    /// <summary>Takes the results' stream.</summary>
    public Surroundings(Func<Stream> output)
    {
        var stream = new Lazy<Stream>(output);
        OutputStream = () => stream.Value;
        _output = new Lazy<TextWriter>(() => new StreamWriter(stream.Value, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false)) { NewLine = "\n" });
    }

    /// <summary>Results as bytes. Flush <see cref="Output"/> before it is written to.</summary>
    public Func<Stream> OutputStream { get; }

    /// <summary>Results as text; flushed when the command ends.</summary>
    public TextWriter Output => _output.Value;

    /// <summary>Everything but results.</summary>
    public required TextWriter Error { get; init; }

    /// <summary>What is typed or piped in. Only to be called when it is read: the runtime then takes the terminal over.</summary>
    public required Func<TextReader> Input { get; init; }

    /// <summary>The same as bytes.</summary>
    public required Func<Stream> InputStream { get; init; }

    /// <summary>Whether somebody can answer.</summary>
    public bool IsInputTerminal { get; init; }

    /// <summary>Whether results go to a terminal.</summary>
    public bool IsOutputTerminal { get; init; }

    /// <summary>Columns and rows of the terminal.</summary>
    public required Func<(int Columns, int Rows)> TerminalSize { get; init; }

    /// <summary>The next key that is pressed; null when none comes before the token is cancelled.</summary>
    public required Func<CancellationToken, Task<ConsoleKeyInfo?>> ReadKeyAsync { get; init; }

    /// <summary>An environment variable, or null.</summary>
    public required Func<string, string?> Variable { get; init; }

    /// <summary>Clock and timers.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>What carries requests to a broker.</summary>
    public Func<HttpMessageHandler> Handler { get; init; } = static () => new SocketsHttpHandler { UseCookies = false };

    /// <summary>Those of this process.</summary>
    public static Surroundings OfProcess() => new(OpenOutput)
    {
        Error = Console.Error,
        Input = static () => Console.In,
        InputStream = Console.OpenStandardInput,
        IsInputTerminal = !Console.IsInputRedirected,
        IsOutputTerminal = !Console.IsOutputRedirected,
        TerminalSize = static () => Console.IsOutputRedirected ? (80, 24) : (Math.Max(Console.WindowWidth, 20), Math.Max(Console.WindowHeight, 5)),
        ReadKeyAsync = Terminal.Keyboard.ReadAsync,
        Variable = Environment.GetEnvironmentVariable,
        Time = TimeProvider.System,
    };

    /// <summary>Writes out what <see cref="Output"/> holds, if it was used.</summary>
    public void Flush()
    {
        if (_output.IsValueCreated)
        {
            _output.Value.Flush();
        }
    }

    /// <summary>
    /// Of a pipe the console's own stream hides that the reader is gone; of a file a stream of our own would write at a position of its own, over what other commands write into the same file.
    /// </summary>
    private static Stream OpenOutput()
    {
        const int StandardOutput = 1;
        var stream = new FileStream(new SafeFileHandle(StandardOutput, ownsHandle: false), FileAccess.Write, bufferSize: 0);
        return stream.CanSeek ? Console.OpenStandardOutput() : stream;
    }
}
