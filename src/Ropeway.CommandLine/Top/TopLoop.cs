using System.Runtime.InteropServices;
using Ropeway.CommandLine.Http;
using Ropeway.CommandLine.Terminal;

namespace Ropeway.CommandLine.Top;

/// <summary>The live view on a terminal: reads, paints, and waits for the next moment, a key, or another size of the terminal.</summary>
internal sealed class TopLoop(CommandRun run, TimeSpan interval)
{
    private readonly TopScreen _screen = new();
    private readonly TopSource _source = new(run);
    private TaskCompletionSource _resized = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TopState _state = new(TopView.Queues, SortIndex: 0, IsPaused: false);
    private TopSnapshot? _snapshot;
    private string? _trouble;

    /// <summary>Runs until a key ends it, or the token.</summary>
    /// <param name="countMax">How many moments are shown at most.</param>
    /// <param name="stop">Ends it; the terminal is then as it was before.</param>
    public async Task RunAsync(long countMax, CancellationToken stop)
    {
        await RefreshAsync(stop).ConfigureAwait(false); // What fails at first fails without taking the terminal.
        using var painter = new ScreenPainter(run.Output);
        using PosixSignalRegistration? resize = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGWINCH, _ => _resized.TrySetResult());
        Task<ConsoleKeyInfo?> key = run.Surroundings.ReadKeyAsync(stop);
        for (long shown = 1; ; shown++)
        {
            Paint(painter);
            if (shown >= countMax)
            {
                return;
            }

            Task tick = Task.Delay(interval, run.Surroundings.Time, stop);
            while (await Task.WhenAny(tick, key, _resized.Task).ConfigureAwait(false) is var happened && happened != tick)
            {
                if (happened == key)
                {
                    if (await key.ConfigureAwait(false) is not { } pressed || _state.After(pressed) is not { } next)
                    {
                        return;
                    }

                    bool isOther = next.View != _state.View || next.SortIndex != _state.SortIndex;
                    _state = next;
                    key = run.Surroundings.ReadKeyAsync(stop);
                    if (isOther)
                    {
                        await RefreshAsync(stop).ConfigureAwait(false);
                    }
                }
                else
                {
                    _resized = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                    painter.Clear();
                }

                Paint(painter);
            }

            await tick.ConfigureAwait(false);
            if (!_state.IsPaused)
            {
                await RefreshAsync(stop).ConfigureAwait(false);
            }
        }
    }

    private void Paint(ScreenPainter painter)
    {
        (int columns, int rows) = run.Surroundings.TerminalSize();
        painter.Paint(_screen.Lines(_snapshot!, _state, _trouble, columns, rows));
    }

    private async Task RefreshAsync(CancellationToken stop)
    {
        try
        {
            TopSnapshot fresh = await _source.ReadAsync(_state, run.Surroundings.TerminalSize().Rows - TopScreen.FrameLines, stop).ConfigureAwait(false);
            _screen.Add(fresh);
            _snapshot = fresh;
            _trouble = null;
        }
        catch (ClientException fault) when (_snapshot is not null && fault.ExitCode == ClientExitCode.Unreachable)
        {
            _trouble = $"!! {fault.Message} Not live since {_snapshot.Time.UtcDateTime:HH:mm:ss} UTC."; // It may come back.
        }
        catch (ApiFault fault) when (_snapshot is not null)
        {
            _trouble = $"!! {Output.RawText.InLine(fault.Message)}";
        }
    }
}
