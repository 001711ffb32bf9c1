using Ropeway.Security.Tls;

namespace Ropeway.Protocols.Amqp091;

/// <summary>Limits of AMQP 0-9-1 connections. The defaults are those RabbitMQ's users know.</summary>
public sealed record AmqpOptions
{
    /// <summary>Largest frame that is offered to clients, in bytes with header and end octet; at least 4,096.</summary>
    public int FrameBytesMax { get; init; } = 131_072;

    /// <summary>Highest channel number that is offered to clients, 1 to 65,535.</summary>
    public ushort ChannelMax { get; init; } = 2047;

    /// <summary>Heartbeat interval that is offered to clients, in seconds; 0 for none.</summary>
    public ushort HeartbeatSeconds { get; init; } = 60;

    /// <summary>Largest body of a message, in bytes, at most 512 MiB.</summary>
    public int MessageBytesMax { get; init; } = 134_217_728;

    /// <summary>How long a client may take until its connection is open, in milliseconds.</summary>
    public int HandshakeTimeoutMs { get; init; } = 10_000;

    /// <summary>Which name in a client's certificate is the user's, for the mechanism EXTERNAL.</summary>
    public CertificateLogin CertificateLogin { get; init; }
}
