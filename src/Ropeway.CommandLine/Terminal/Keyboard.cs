using System.Threading.Channels;

namespace Ropeway.CommandLine.Terminal;

/// <summary>
/// Keys of the process's terminal. A thread of its own waits for them, from the first question on until the process ends: while it waits, the terminal does not show what is typed.
/// </summary>
internal static class Keyboard
{
    private static readonly Lazy<Channel<ConsoleKeyInfo>> Keys = new(Start);

    /// <summary>The next key; null when the input has ended.</summary>
    /// <exception cref="OperationCanceledException">The token was cancelled before a key came.</exception>
    public static async Task<ConsoleKeyInfo?> ReadAsync(CancellationToken stop) =>
        await Keys.Value.Reader.WaitToReadAsync(stop).ConfigureAwait(false) && Keys.Value.Reader.TryRead(out ConsoleKeyInfo key) ? key : null;

    private static Channel<ConsoleKeyInfo> Start()
    {
        const int TypedAheadMax = 256;
        var keys = Channel.CreateBounded<ConsoleKeyInfo>(new BoundedChannelOptions(TypedAheadMax) { FullMode = BoundedChannelFullMode.DropWrite });
        new Thread(() => ReadAll(keys.Writer)) { IsBackground = true, Name = "keyboard" }.Start();
        return keys;
    }

    private static void ReadAll(ChannelWriter<ConsoleKeyInfo> keys)
    {
        try
        {
            while (true)
            {
                keys.TryWrite(Console.ReadKey(intercept: true));
            }
        }
        catch (Exception fault) when (fault is InvalidOperationException or IOException)
        {
            keys.TryComplete(); // The terminal is gone.
        }
    }
}
