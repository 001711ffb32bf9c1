using System.CommandLine;
using System.Runtime.InteropServices;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Settings;

namespace Ropeway.CommandLine;

/// <summary>What the commands of one tree share; runs them and turns every fault into a line and an exit code.</summary>
internal sealed class CommandScope(Surroundings surroundings)
{
    private const int BrokenPipe = 32; // EPIPE

    /// <summary>The options that all of them have.</summary>
    public GlobalOptions Options { get; } = new();

    /// <summary>Everything outside of the process.</summary>
    public Surroundings Surroundings => surroundings;

    /// <summary>A run for completions and tests of settings: nothing is sent before somebody asks.</summary>
    public CommandRun CreateRun(ParseResult parsed) => new(parsed, Options, surroundings);

    /// <summary>Runs a command.</summary>
    /// <param name="parsed">What was typed.</param>
    /// <param name="act">The command.</param>
    /// <param name="canWatch">Whether it may be repeated.</param>
    /// <param name="aborted">Ends it as Ctrl+C does.</param>
    /// <returns>The exit code.</returns>
    public async Task<int> RunAsync(ParseResult parsed, Func<CommandRun, CancellationToken, Task<int>> act, bool canWatch, CancellationToken aborted)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(aborted);
        using PosixSignalRegistration interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using PosixSignalRegistration terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        try
        {
            using var run = new CommandRun(parsed, Options, surroundings);
            int code = await RepeatAsync(run, act, canWatch, stop.Token).ConfigureAwait(false);
            surroundings.Flush();
            return code;
        }
        catch (OperationCanceledException)
        {
            return FlushQuietly(ClientExitCode.Interrupted);
        }
        catch (IOException fault) when (fault.HResult == BrokenPipe)
        {
            return ClientExitCode.Done; // Whoever read the results has enough of them.
        }
        catch (ApiFault fault)
        {
            return Tell(fault.ToClientException(), parsed);
        }
        catch (ClientException fault)
        {
            return Tell(fault, parsed);
        }
        catch (Exception fault) when (fault is InvalidOperationException or KeyNotFoundException or FormatException)
        {
            // A document of another shape: commands take those of the broker as they are described.
            return Tell(new ClientException(ClientExitCode.Failed, $"what answered is no broker of this kind: its answer is not what was asked for ({fault.Message})", "--url names the broker's HTTP address; -vv shows more", fault), parsed);
        }

        void End(PosixSignalContext signal)
        {
            signal.Cancel = !stop.IsCancellationRequested; // The first asks, a second one ends the process at once.
            stop.Cancel();
        }
    }

    private int Tell(ClientException fault, ParseResult parsed)
    {
        FlushQuietly(fault.ExitCode);
        surroundings.Error.WriteLine($"error: {Output.RawText.InLine(fault.Message)}");
        if (fault.Next is not null)
        {
            surroundings.Error.WriteLine($"  {Output.RawText.InLine(fault.Next)}");
        }

        if (parsed.GetValue(Options.VeryVerbose) && fault.InnerException is { } cause)
        {
            surroundings.Error.WriteLine(cause);
        }

        return fault.ExitCode;
    }

    private int FlushQuietly(int exitCode)
    {
        try
        {
            surroundings.Flush();
        }
        catch (IOException fault) when (fault.HResult == BrokenPipe)
        {
            // Nobody reads any more; the exit code is all that is left to say.
        }

        return exitCode;
    }

    private async Task<int> RepeatAsync(CommandRun run, Func<CommandRun, CancellationToken, Task<int>> act, bool canWatch, CancellationToken stop)
    {
        if (run.Watch is not { } interval)
        {
            return await act(run, stop).ConfigureAwait(false);
        }

        if (!canWatch)
        {
            throw ClientException.Usage($"--watch: {run.Parsed.CommandResult.Command.Name} cannot be repeated; only what shows something can");
        }

        while (true)
        {
            if (run.Style.Form == Output.OutputForm.Table)
            {
                await run.Output.WriteAsync("\e[H\e[J").ConfigureAwait(false); // From the top of the screen.
            }

            await act(run, stop).ConfigureAwait(false);
            await run.Output.FlushAsync(stop).ConfigureAwait(false);
            await Task.Delay(interval, surroundings.Time, stop).ConfigureAwait(false);
        }
    }
}
