using System.Runtime.InteropServices;

namespace Ropeway.Simulation.Steps;

/// <summary>The processor that a thread runs on. Threads that hand over to each other all the time do so several times faster on one than on two.</summary>
internal static class Processor
{
    private const int MaskWords = 16; // 1,024 processors.
    private const int WordBits = 64;

    [ThreadStatic]
    private static int? _kept;

    /// <summary>What the calling thread was kept on; null when it may go anywhere.</summary>
    public static int? Kept => _kept;

    /// <summary>Keeps the calling thread on one of the processors that it may use.</summary>
    /// <param name="number">Which of them; counted modulo their number.</param>
    public static void Keep(int number)
    {
        ulong[] mask = new ulong[MaskWords];
        if (GetAffinity(0, MaskWords * sizeof(ulong), mask) < 0)
        {
            return; // It is only slower.
        }

        int[] allowed = [.. Enumerable.Range(0, MaskWords * WordBits).Where(bit => ((mask[bit / WordBits] >> (bit % WordBits)) & 1) != 0)];
        int chosen = allowed[number % allowed.Length];
        Array.Clear(mask);
        mask[chosen / WordBits] = 1UL << (chosen % WordBits);
        _ = SetAffinity(0, MaskWords * sizeof(ulong), mask);
        _kept = number;
    }

    [DllImport("libc", EntryPoint = "sched_getaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int GetAffinity(int thread, nint maskBytes, [Out] ulong[] mask);

    [DllImport("libc", EntryPoint = "sched_setaffinity")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int SetAffinity(int thread, nint maskBytes, ulong[] mask);
}
