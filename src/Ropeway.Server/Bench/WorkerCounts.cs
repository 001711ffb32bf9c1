namespace Ropeway.Server.Bench;

/// <summary>
/// What one connection has done so far. One thread writes each number, once per write or read of the socket; the thread
/// that leads the run reads them at any time.
/// </summary>
internal sealed class WorkerCounts
{
    private long _published;
    private long _confirmed;
    private long _refused;
    private long _delivered;
    private long _redelivered;
    private long _lastTicks;

    /// <summary>Messages handed to the socket.</summary>
    public long Published
    {
        get => Volatile.Read(ref _published);
        set => Volatile.Write(ref _published, value);
    }

    /// <summary>Messages the broker confirmed.</summary>
    public long Confirmed
    {
        get => Volatile.Read(ref _confirmed);
        set => Volatile.Write(ref _confirmed, value);
    }

    /// <summary>Messages the broker refused.</summary>
    public long Refused
    {
        get => Volatile.Read(ref _refused);
        set => Volatile.Write(ref _refused, value);
    }

    /// <summary>Messages received.</summary>
    public long Delivered
    {
        get => Volatile.Read(ref _delivered);
        set => Volatile.Write(ref _delivered, value);
    }

    /// <summary>Messages received with the redelivered mark.</summary>
    public long Redelivered
    {
        get => Volatile.Read(ref _redelivered);
        set => Volatile.Write(ref _redelivered, value);
    }

    /// <summary>When the last of these changed because the broker sent something; 0 before.</summary>
    public long LastTicks
    {
        get => Volatile.Read(ref _lastTicks);
        set => Volatile.Write(ref _lastTicks, value);
    }
}
