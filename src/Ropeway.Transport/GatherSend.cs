using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Ropeway.Transport;

/// <summary>
/// Sends several pieces with one system call (<c>sendmsg</c>), straight from their blocks. Linux only: the framework gathers
/// only from managed arrays, and message bodies are never managed. One instance per thread.
/// </summary>
internal sealed class GatherSend
{
    /// <summary>How many pieces one call takes.</summary>
    public const int PiecesMax = 64;

    // struct iovec { void* base; size_t bytes; }
    private const int VectorWords = 2;

    // struct msghdr { void* name; socklen_t; iovec* vectors; size_t count; void* control; size_t; int flags; } in 64-bit words.
    private const int HeaderWords = 7;
    private const int HeaderVectors = 2;
    private const int HeaderVectorCount = 3;

    private const int MessageDontWait = 0x40;
    private const int MessageNoSignal = 0x4000;
    private const int Interrupted = 4;
    private const int TryAgain = 11;

    [ThreadStatic]
    private static GatherSend? _ofThisThread;

    // On the pinned heap: the kernel reads both by address.
    private readonly long[] _vectors = GC.AllocateArray<long>(PiecesMax * VectorWords, pinned: true);
    private readonly long[] _header = GC.AllocateArray<long>(HeaderWords, pinned: true);
    private readonly nint _headerAddress;

    private GatherSend()
    {
        _headerAddress = Marshal.UnsafeAddrOfPinnedArrayElement(_header, 0);
        _header[HeaderVectors] = Marshal.UnsafeAddrOfPinnedArrayElement(_vectors, 0);
    }

    /// <summary>Whether this system has the call with the layout used here.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && nint.Size == sizeof(long);

    /// <summary>The instance of the calling thread.</summary>
    public static GatherSend OfThisThread => _ofThisThread ??= new GatherSend();

    /// <summary>Scratch space for the pieces to send; its content is undefined after any other call on this thread.</summary>
    public OutboxPiece[] Pieces { get; } = new OutboxPiece[PiecesMax];

    /// <summary>Sends the first <paramref name="count"/> of <see cref="Pieces"/> as far as the socket takes them now.</summary>
    /// <returns>Bytes taken; 0 when the socket takes nothing now, with <see cref="SocketError.WouldBlock"/>.</returns>
    public int Send(SafeSocketHandle socket, int count, out SocketError error)
    {
        for (int i = 0; i < count; i++)
        {
            ref OutboxPiece piece = ref Pieces[i];
            _vectors[i * VectorWords] = piece.Block.Address + piece.Start;
            _vectors[(i * VectorWords) + 1] = piece.Bytes;
        }

        _header[HeaderVectorCount] = count;
        while (true)
        {
            nint sent = SendMessage(socket, _headerAddress, MessageDontWait | MessageNoSignal);
            if (sent >= 0)
            {
                error = SocketError.Success;
                return (int)sent;
            }

            int number = Marshal.GetLastPInvokeError();
            if (number != Interrupted)
            {
                error = number == TryAgain ? SocketError.WouldBlock : SocketError.ConnectionReset;
                return 0;
            }
        }
    }

    [DllImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint SendMessage(SafeSocketHandle socket, nint message, int flags);
}
