using System.Net;
using Ropeway.Security.Tls;

namespace Ropeway.Core;

/// <summary>What is known of one open client connection; immutable but for what <see cref="Connection"/> tells and for <see cref="Sample"/>.</summary>
public sealed record ConnectionEntry
{
    /// <summary>Unique in this process.</summary>
    public required long Id { get; init; }

    /// <summary>As RabbitMQ names it, for example "AMQP 0-9-1".</summary>
    public required string Protocol { get; init; }

    /// <summary>The peer's address.</summary>
    public required IPEndPoint Remote { get; init; }

    /// <summary>Our address that the peer connected to.</summary>
    public required IPEndPoint Local { get; init; }

    /// <summary>Who logged in.</summary>
    public required string User { get; init; }

    /// <summary>The virtual host it works in.</summary>
    public required string VirtualHost { get; init; }

    /// <summary>How the user logged in: the SASL mechanism's name.</summary>
    public required string Mechanism { get; init; }

    /// <summary>What was agreed on when the connection is encrypted, else null.</summary>
    public TlsFacts? Tls { get; init; }

    /// <summary>What the client says about itself: a field table as it was received, with its length in front. Kept encoded because idle connections are many.</summary>
    public required ReadOnlyMemory<byte> ClientProperties { get; init; }

    /// <summary>Largest channel or session number agreed on; 0 where there are none.</summary>
    public int ChannelMax { get; init; }

    /// <summary>Largest frame agreed on, in bytes; 0 where that is not negotiated.</summary>
    public int FrameBytesMax { get; init; }

    /// <summary>Interval of heartbeats agreed on, in seconds; 0 without.</summary>
    public int HeartbeatSeconds { get; init; }

    /// <summary>What the one who samples its traffic keeps beside it.</summary>
    public object? Sample { get; set; }

    /// <summary>When it was opened.</summary>
    public required DateTimeOffset ConnectedAt { get; init; }

    /// <summary>The connection itself.</summary>
    public required IOpenConnection Connection { get; init; }

    /// <summary>The name by which operators and RabbitMQ's tools know it; unique among open connections.</summary>
    public string Name => $"{Remote} -> {Local}";
}
