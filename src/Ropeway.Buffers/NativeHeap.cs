using System.Runtime.InteropServices;

namespace Ropeway.Buffers;

/// <summary>The C library's heap, which the runtime and its compiler use, and large messages.</summary>
public static partial class NativeHeap
{
    private const int ArenaMax = -8; // M_ARENA_MAX of glibc's malloc.h.

    /// <summary>
    /// Has threads share the arenas that there are. Otherwise each new one gets an arena of its own, up to eight for each processor, and each keeps what its threads
    /// have freed. To be called before there are many threads.
    /// </summary>
    public static void ShareArenas()
    {
        if (!OperatingSystem.IsLinux())
        {
            return;
        }

        try
        {
            _ = SetOption(ArenaMax, 2);
        }
        catch (EntryPointNotFoundException)
        {
            // Another C library, without arenas.
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetOption(int parameter, int value);
}
