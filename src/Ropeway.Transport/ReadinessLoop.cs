using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Ropeway.Transport;

/// <summary>
/// One thread that waits until sockets have something to receive, and runs their owners. Linux only (epoll(7)). Any thread adds and removes.
/// </summary>
/// <remarks>
/// Each socket is registered once, edge-triggered: it is told of again only when more has come, so that the owner must receive until a receive
/// brings less than it had room for. That takes two system calls for what comes in at once, where the framework's sockets take four.
/// </remarks>
internal sealed class ReadinessLoop : IDisposable
{
    private const int EventsMax = 256;

    // struct epoll_event { uint32_t events; uint64_t data; }, packed on x86 only.
    private const int EventMaskAt = 0;
    private static readonly int EventDataAt = RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86 ? 4 : 8;
    private static readonly int EventBytes = EventDataAt + sizeof(ulong);

    private const uint Readable = 0x001;
    private const uint Error = 0x008;
    private const uint HungUp = 0x010;
    private const uint PeerClosed = 0x2000;
    private const uint EdgeTriggered = 1u << 31;

    private const int CloseOnExec = 0x80000;
    private const int ControlAdd = 1;
    private const int Interrupted = 4;
    private const int SetTimerSlack = 29;
    private const ulong StopData = ulong.MaxValue;

    private readonly Lock _gate = new();
    private readonly SafeFileHandle _poll;
    private readonly SafeFileHandle _stop;
    private readonly Thread _thread;
    private readonly byte[] _events = GC.AllocateArray<byte>(EventsMax * EventBytes, pinned: true); // The kernel writes it by address.
    private readonly Gathering _gathering = Gathering.Start();
    private readonly Stack<int> _free = new();
    private Slot[] _slots = new Slot[64]; // Replaced when it grows; a slot's generation tells late events of its former owner.
    private int _slotCount;

    /// <summary>Starts the thread.</summary>
    /// <exception cref="SocketException">No descriptors or memory are left.</exception>
    public ReadinessLoop(string name)
    {
        _poll = Opened(CreatePoll(CloseOnExec));
        _stop = Opened(CreateEvent(0, CloseOnExec));
        Register(_stop, StopData);
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Tells the owner of a socket from now on whenever more can be received, at once when something is there.</summary>
    /// <returns>For <see cref="Remove"/>.</returns>
    /// <exception cref="SocketException">The system refused; nobody will be told.</exception>
    public long Add(SafeSocketHandle socket, IReadable owner)
    {
        long token;
        lock (_gate)
        {
            if (!_free.TryPop(out int index))
            {
                index = _slotCount++;
                if (index == _slots.Length)
                {
                    Array.Resize(ref _slots, _slots.Length * 2);
                }
            }

            ref Slot slot = ref _slots[index];
            slot.Generation++;
            slot.Owner = owner;
            token = ((long)slot.Generation << 32) | (uint)index;
        }

        try
        {
            Register(socket, (ulong)token);
        }
        catch
        {
            Remove(token);
            throw;
        }

        return token;
    }

    /// <summary>The owner is told nothing more, but for a call that has begun. The socket must be closed, which ends its registration.</summary>
    public void Remove(long token)
    {
        lock (_gate)
        {
            int index = (int)token;
            _slots[index].Owner = null;
            _free.Push(index);
        }
    }

    /// <summary>An owner has received; counts when it did so on the loop's thread.</summary>
    public void OnReceived(int bytes)
    {
        if (Environment.CurrentManagedThreadId == _thread.ManagedThreadId)
        {
            _gathering.OnReceived(bytes);
        }
    }

    /// <summary>Stops the thread and waits for it. Not on the thread itself.</summary>
    public void Dispose()
    {
        ReadOnlySpan<byte> one = [1, 0, 0, 0, 0, 0, 0, 0];
        Write(_stop, MemoryMarshal.GetReference(one), one.Length);
        _thread.Join();
        _stop.Dispose();
        _poll.Dispose();
    }

    private static SafeFileHandle Opened(int descriptor) =>
        descriptor >= 0 ? new SafeFileHandle(descriptor, ownsHandle: true) : throw new SocketException(Marshal.GetLastPInvokeError());

    private void Register(SafeHandle socket, ulong data)
    {
        Span<byte> registration = stackalloc byte[16];
        MemoryMarshal.Write(registration[EventMaskAt..], Readable | PeerClosed | EdgeTriggered);
        MemoryMarshal.Write(registration[EventDataAt..], data);
        if (Control(_poll, ControlAdd, socket, MemoryMarshal.GetReference(registration)) != 0)
        {
            throw new SocketException(Marshal.GetLastPInvokeError());
        }
    }

    private void Run()
    {
        nint address = Marshal.UnsafeAddrOfPinnedArrayElement(_events, 0);
        _ = ControlThread(SetTimerSlack, 1, 0, 0, 0); // Pauses end on time; a refusal costs microseconds only.
        while (true)
        {
            if (_gathering.IsOn)
            {
                Pause();
            }

            int count = Wait(_poll, address, EventsMax, -1);
            if (count < 0 && Marshal.GetLastPInvokeError() != Interrupted)
            {
                throw new SocketException(Marshal.GetLastPInvokeError()); // A programmer's fault: the descriptor is no epoll instance.
            }

            for (int i = 0; i < count; i++)
            {
                ReadOnlySpan<byte> entry = _events.AsSpan(i * EventBytes, EventBytes);
                ulong data = MemoryMarshal.Read<ulong>(entry[EventDataAt..]);
                if (data == StopData)
                {
                    return;
                }

                uint mask = MemoryMarshal.Read<uint>(entry[EventMaskAt..]);
                OwnerOf(data)?.OnReadable((mask & (Error | HungUp | PeerClosed)) != 0);
            }

            if (_gathering.OnWake())
            {
                _gathering.Decide(Stopwatch.GetTimestamp());
            }
        }
    }

    private static void Pause()
    {
        ReadOnlySpan<long> time = [0, Gathering.PauseNanoseconds]; // struct timespec { time_t seconds; long nanoseconds; }
        _ = Sleep(MemoryMarshal.GetReference(time), 0);
    }

    private IReadable? OwnerOf(ulong data)
    {
        lock (_gate)
        {
            Slot slot = _slots[(int)data];
            return slot.Generation == (uint)(data >> 32) ? slot.Owner : null;
        }
    }

    [DllImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int CreatePoll(int flags);

    [DllImport("libc", EntryPoint = "eventfd", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int CreateEvent(uint value, int flags);

    [DllImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Control(SafeFileHandle poll, int operation, SafeHandle socket, in byte registration);

    [DllImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Wait(SafeFileHandle poll, nint events, int eventsMax, int timeoutMs);

    [DllImport("libc", EntryPoint = "nanosleep")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Sleep(in long time, nint left);

    [DllImport("libc", EntryPoint = "prctl")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int ControlThread(int option, nuint value, nuint unused3, nuint unused4, nuint unused5);

    [DllImport("libc", EntryPoint = "write", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Write(SafeFileHandle file, in byte bytes, nint count);

    private struct Slot
    {
        public IReadable? Owner;
        public uint Generation;
    }
}
