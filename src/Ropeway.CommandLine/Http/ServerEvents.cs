using System.Runtime.CompilerServices;
using System.Text;

namespace Ropeway.CommandLine.Http;

/// <summary>Reads server-sent events until the broker ends them. One caller at a time.</summary>
internal static class ServerEvents
{
    private const string NameField = "event: ";
    private const string ValueField = "data: ";

    /// <summary>Three of the heartbeats that the broker sends while nothing happens.</summary>
    private static readonly TimeSpan SilenceMax = TimeSpan.FromSeconds(45);

    /// <summary>Reads.</summary>
    /// <param name="stream">The answer's body.</param>
    /// <param name="time">Clock and timers.</param>
    /// <param name="aborted">Ends the wait.</param>
    /// <returns>Name and value of each event, as they come.</returns>
    /// <exception cref="ClientException">The broker is silent, or the connection broke.</exception>
    public static async IAsyncEnumerable<(string Name, string Value)> ReadAsync(Stream stream, TimeProvider time, [EnumeratorCancellation] CancellationToken aborted)
    {
        using var reader = new StreamReader(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: -1, leaveOpen: true);
        string name = "message";
        var value = new StringBuilder();
        while (await ReadLineAsync(reader, time, aborted).ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith(NameField, StringComparison.Ordinal))
            {
                name = line[NameField.Length..];
            }
            else if (line.StartsWith(ValueField, StringComparison.Ordinal))
            {
                value.Append(line, ValueField.Length, line.Length - ValueField.Length);
            }
            else if (line.Length == 0 && value.Length > 0)
            {
                yield return (name, value.ToString());
                value.Clear();
            }
        }
    }

    private static async Task<string?> ReadLineAsync(StreamReader reader, TimeProvider time, CancellationToken aborted)
    {
        using var deadline = new CancellationTokenSource(SilenceMax, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, aborted);
        try
        {
            return await reader.ReadLineAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            throw new ClientException(ClientExitCode.Unreachable, $"nothing came from the broker for {SilenceMax.TotalSeconds:0} s");
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            throw new ClientException(ClientExitCode.Unreachable, $"the connection to the broker broke: {fault.Message}", next: null, fault);
        }
    }
}
