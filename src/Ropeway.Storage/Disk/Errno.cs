namespace Ropeway.Storage.Disk;

/// <summary>Error numbers of Linux that the store tells apart. An <see cref="IOException"/> of this project carries one as its HResult.</summary>
internal static class Errno
{
    public const int NoEntry = 2;
    public const int Interrupted = 4;
    public const int InputOutput = 5;
    public const int WouldBlock = 11;
    public const int NoMemory = 12;
    public const int Exists = 17;
    public const int Invalid = 22;
    public const int FileTableFull = 23;
    public const int TooManyFiles = 24;
    public const int NoSpace = 28;
    public const int NotSupported = 95;
    public const int QuotaExceeded = 122;

    /// <summary>Whether making a new file failed for want of something that may come back: space, quota, descriptors, memory.</summary>
    public static bool IsShortage(IOException exception) =>
        exception.HResult is NoSpace or QuotaExceeded or TooManyFiles or FileTableFull or NoMemory;
}
