using System.Runtime.InteropServices;

namespace Ropeway.Simulation.Steps;

/// <summary>
/// What one thread waits for until another hands it over. It is an <c>eventfd</c> of the kernel: a call each, and nothing around them
/// that the runtime's own events have, which cost more than all that is done between two of them. Never closed.
/// </summary>
internal sealed class Baton
{
    private readonly int _file = CreateEvent(0, 0);

    /// <summary>Gives it to whoever waits for it.</summary>
    public void HandOver()
    {
        if (Write(_file, 1, sizeof(ulong)) != sizeof(ulong))
        {
            throw new InvalidOperationException("An eventfd was not written to.");
        }
    }

    /// <summary>Waits for it, and takes it.</summary>
    public void Await()
    {
        while (Read(_file, out _, sizeof(ulong)) != sizeof(ulong)) // A signal may interrupt it.
        {
        }
    }

    [DllImport("libc", EntryPoint = "eventfd")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int CreateEvent(uint value, int flags);

    [DllImport("libc", EntryPoint = "write")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Write(int file, in ulong value, nint count);

    [DllImport("libc", EntryPoint = "read")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Read(int file, out ulong value, nint count);
}
