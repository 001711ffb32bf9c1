using System.Globalization;
using System.Runtime.InteropServices;

#pragma warning disable MA0047 // The runtime looks for a type of this name outside of any namespace.
/// <summary>
/// What bench/profile loads into the broker (<c>DOTNET_STARTUP_HOOKS</c>): at SIGUSR1 it
/// writes the runtime's counters into the file that <c>ROPEWAY_COUNTERS</c> names, as one JSON object. The process owns it.
/// </summary>
internal static class StartupHook
{
    private const int UserSignal = 10; // SIGUSR1 of Linux; raw numbers are what PosixSignal takes beside its own names.

    private static PosixSignalRegistration? _registration;

    /// <summary>Called by the runtime before Main.</summary>
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("ROPEWAY_COUNTERS") is { Length: > 0 } path)
        {
            _registration = PosixSignalRegistration.Create((PosixSignal)UserSignal, signal =>
            {
                signal.Cancel = true;
                Write(path);
            });
        }
    }

    private static void Write(string path)
    {
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $$"""
            {"allocatedBytes":{{GC.GetTotalAllocatedBytes(precise: false)}},"gen0":{{GC.CollectionCount(0)}},"gen1":{{GC.CollectionCount(1)}},"gen2":{{GC.CollectionCount(2)}},"pauseMs":{{GC.GetTotalPauseDuration().TotalMilliseconds}},"lockContentions":{{Monitor.LockContentionCount}},"poolItems":{{ThreadPool.CompletedWorkItemCount}},"poolThreads":{{ThreadPool.ThreadCount}}}
            """);
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }
}
