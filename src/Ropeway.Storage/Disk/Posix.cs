using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ropeway.Storage.Disk;

/// <summary>
/// The system calls that durability rests on. Each result is tested; a failure is an <see cref="IOException"/> that names call, path and
/// error text and has the error number as HResult. Any thread may call it.
/// </summary>
/// <remarks>The framework's own flush is not used because it reports a failed fsync as success (.NET 10.0.12).</remarks>
internal static unsafe partial class Posix
{
    private const int AllocationSyncsMax = 3;
    private const int OpenReadOnly = 0x0;
    private const int OpenReadWrite = 0x2;
    private const int OpenCreateNew = 0x40 | 0x80;
    private const int OpenCreate = 0x40;
    private const int OpenCloseOnExec = 0x80000;
    private const int OpenDataSync = 0x1000;
    private const uint FileMode = 0x180; // 0600
    private const uint DirectoryMode = 0x1C0; // 0700
    private const int LockExclusiveNoWait = 2 | 4;
    private const int SeekEnd = 2;
    private const int AdviceDontNeed = 4;
    private const int PriorityOfProcess = 0;
    private const int LowestPriority = 19;
    private const long NanosecondsPerSecond = 1_000_000_000;

    public static SafeFileHandle CreateNew(string path) => Open(path, OpenReadWrite | OpenCreateNew);

    public static SafeFileHandle OpenOrCreate(string path) => Open(path, OpenReadWrite | OpenCreate);

    public static SafeFileHandle OpenExisting(string path, bool writable) => Open(path, writable ? OpenReadWrite : OpenReadOnly);

    private static int OpenDirect => RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm ? 0x10000 : 0x4000;

    /// <summary>A handle for <see cref="TryWriteThrough"/>; null when the file system has none.</summary>
    public static SafeFileHandle? TryOpenThrough(string path)
    {
        int descriptor = OpenPath(path, OpenReadWrite | OpenDirect | OpenDataSync | OpenCloseOnExec, FileMode);
        return descriptor < 0 ? null : new SafeFileHandle(descriptor, ownsHandle: true);
    }

    /// <summary>Writes all bytes past the page cache; they are durable when it returns.</summary>
    /// <returns>False when the file system refuses this way of writing: nothing is known of the bytes then, and they must be written in another way.</returns>
    public static bool TryWriteThrough(SafeFileHandle file, ReadOnlySpan<byte> bytes, long position, string path)
    {
        try
        {
            WriteAt(file, bytes, position, path);
            return true;
        }
        catch (IOException exception) when (exception.HResult is Errno.Invalid or Errno.NotSupported)
        {
            return false;
        }
    }

    /// <summary>Writes all bytes; a short write is continued, so that the error behind it is seen.</summary>
    public static void WriteAt(SafeFileHandle file, ReadOnlySpan<byte> bytes, long position, string path)
    {
        fixed (byte* first = bytes)
        {
            int done = 0;
            while (done < bytes.Length)
            {
                nint written = PWrite(file, first + done, (nuint)(bytes.Length - done), position + done); // In bounds: done < Length.
                if (written <= 0)
                {
                    int error = written < 0 ? Marshal.GetLastPInvokeError() : Errno.InputOutput;
                    if (error != Errno.Interrupted)
                    {
                        throw Failure("pwrite", path, error);
                    }
                }
                else
                {
                    done += (int)written;
                }
            }
        }
    }

    /// <summary>Reads until the span is full or the file ends.</summary>
    public static int ReadAt(SafeFileHandle file, Span<byte> bytes, long position, string path)
    {
        fixed (byte* first = bytes)
        {
            int done = 0;
            while (done < bytes.Length)
            {
                nint read = PRead(file, first + done, (nuint)(bytes.Length - done), position + done); // In bounds: done < Length.
                if (read == 0)
                {
                    break;
                }

                if (read > 0)
                {
                    done += (int)read;
                }
                else if (Marshal.GetLastPInvokeError() is int error and not Errno.Interrupted)
                {
                    throw Failure("pread", path, error);
                }
            }

            return done;
        }
    }

    /// <summary>fdatasync. Never call it again on a file after it failed: the kernel may have dropped the pages.</summary>
    public static void DataSync(SafeFileHandle file, string path) => Check(FDataSync(file), "fdatasync", path);

    /// <summary>fsync. Never call it again on a file after it failed.</summary>
    public static void Sync(SafeFileHandle file, string path) => Check(FSync(file), "fsync", path);

    /// <summary>Reserves space for [0, bytes) and extends the file to it; bytes not written yet read as zero.</summary>
    /// <remarks>
    /// A file system says that it is full also when files that were just deleted give their blocks back with its next commit only
    /// (seen on ext4 with most of the disk free): a sync makes it commit, then it is asked again.
    /// </remarks>
    public static void Allocate(SafeFileHandle file, long bytes, string path)
    {
        int syncCount = 0;
        while (FAllocate(file, 0, 0, bytes) != 0)
        {
            int error = Marshal.GetLastPInvokeError();
            if (error == Errno.NotSupported)
            {
                Truncate(file, bytes, path); // The zero-filling that follows reserves the space.
                return;
            }

            if (error == Errno.NoSpace && syncCount < AllocationSyncsMax)
            {
                syncCount++;
                Sync(file, path);
            }
            else if (error != Errno.Interrupted)
            {
                throw Failure("fallocate", path, error);
            }
        }
    }

    public static void Truncate(SafeFileHandle file, long bytes, string path) => Check(FTruncate(file, bytes), "ftruncate", path);

    public static long Length(SafeFileHandle file, string path)
    {
        long bytes = LSeek(file, 0, SeekEnd);
        return bytes >= 0 ? bytes : throw Failure("lseek", path, Marshal.GetLastPInvokeError());
    }

    public static void Rename(string from, string to) => Check(RenamePath(from, to), "rename", from);

    public static void Unlink(string path) => Check(UnlinkPath(path), "unlink", path);

    /// <summary>Creates a directory with mode 0700; one that exists is left as it is.</summary>
    public static void MakeDirectory(string path)
    {
        if (MkDir(path, DirectoryMode) != 0 && Marshal.GetLastPInvokeError() is int error and not Errno.Exists)
        {
            throw Failure("mkdir", path, error);
        }
    }

    /// <summary>Takes the exclusive lock of an open file without waiting.</summary>
    /// <returns>False when another process holds it.</returns>
    public static bool TryLock(SafeFileHandle file, string path)
    {
        if (FLock(file, LockExclusiveNoWait) == 0)
        {
            return true;
        }

        int error = Marshal.GetLastPInvokeError();
        return error == Errno.WouldBlock ? false : throw Failure("flock", path, error);
    }

    /// <summary>Drops a file's clean pages from the system's memory; nothing happens where that is not known.</summary>
    public static void DropCache(SafeFileHandle file) => _ = FAdvise(file, 0, 0, AdviceDontNeed);

    /// <summary>Gives the calling (dedicated) thread the lowest priority for processor and disk (Linux counts it for each thread); a refusal changes nothing.</summary>
    public static void LowerPriority() => _ = SetPriority(PriorityOfProcess, 0, LowestPriority);

    /// <summary>Blocks this (dedicated) thread for a time too short for the framework's timers; a signal may end it early.</summary>
    public static void Pause(long nanoseconds)
    {
        var time = new TimeSpec { Seconds = nanoseconds / NanosecondsPerSecond, Nanoseconds = nanoseconds % NanosecondsPerSecond };
        _ = NanoSleep(&time, null);
    }

    private static SafeFileHandle Open(string path, int flags)
    {
        while (true)
        {
            int descriptor = OpenPath(path, flags | OpenCloseOnExec, FileMode);
            if (descriptor >= 0)
            {
                return new SafeFileHandle(descriptor, ownsHandle: true);
            }

            int error = Marshal.GetLastPInvokeError();
            if (error != Errno.Interrupted)
            {
                throw Failure("open", path, error);
            }
        }
    }

    private static void Check(int result, string call, string path)
    {
        if (result != 0)
        {
            throw Failure(call, path, Marshal.GetLastPInvokeError());
        }
    }

    private static IOException Failure(string call, string path, int error) =>
        new($"{call} of '{path}' failed: {Marshal.GetPInvokeErrorMessage(error)} (error {error}).", error);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenPath(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    private static partial nint PWrite(SafeFileHandle file, byte* bytes, nuint count, long position);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    private static partial nint PRead(SafeFileHandle file, byte* bytes, nuint count, long position);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "posix_fadvise")]
    private static partial int FAdvise(SafeFileHandle file, long position, long bytes, int advice);

    [LibraryImport("libc", EntryPoint = "setpriority")]
    private static partial int SetPriority(int which, uint who, int priority);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    private static partial int FAllocate(SafeFileHandle file, int mode, long position, long bytes);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    private static partial int FTruncate(SafeFileHandle file, long bytes);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long LSeek(SafeFileHandle file, long position, int origin);

    [LibraryImport("libc", EntryPoint = "rename", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int RenamePath(string from, string to);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int UnlinkPath(string path);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int MkDir(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int FLock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "nanosleep", SetLastError = true)]
    private static partial int NanoSleep(TimeSpec* time, TimeSpec* left);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
