namespace Ropeway.Transport;

/// <summary>Bounds of every connection. They are listed with what happens at each of them in <c>docs/limits.md</c>.</summary>
public static class TransportLimits
{
    /// <summary>An outbox holding more than this many unsent bytes is backlogged until it is below half of it.</summary>
    public const int OutboxBytesMax = 1024 * 1024;

    /// <summary>The largest contiguous span that an outbox gives, in bytes.</summary>
    public const int OutboxSpanBytesMax = 1024 * 1024;

    /// <summary>Receive buffer in bytes, held only while data is there.</summary>
    public const int ReceiveBytes = 128 * 1024;

    /// <summary>Receive buffer in bytes for a session that could use nothing of a full <see cref="ReceiveBytes"/>.</summary>
    public const int ReceiveBytesMax = 256 * 1024;

    /// <summary>Time for the outbox to empty after a close, in milliseconds.</summary>
    public const int CloseFlushMs = 5_000;

    /// <summary>Time for the peer to close its side after our last byte, in milliseconds.</summary>
    public const int CloseLingerMs = 1_000;

    /// <summary>TLS handshakes under way over all listeners; a connection beyond them is closed at once.</summary>
    public const int TlsHandshakesMax = 4_096;

    /// <summary>Interval of the tick in milliseconds.</summary>
    public const int TickMs = 500;
}
