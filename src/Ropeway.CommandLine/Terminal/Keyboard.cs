namespace Ropeway.CommandLine.Terminal;

/// <summary>Keys of the process's terminal.</summary>
internal static class Keyboard
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(30);

    /// <summary>Waits for a key without blocking a read that nobody could end.</summary>
    public static async Task<ConsoleKeyInfo?> ReadAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            if (Console.KeyAvailable)
            {
                return Console.ReadKey(intercept: true);
            }

            await Task.Delay(Interval, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return null;
    }
}
