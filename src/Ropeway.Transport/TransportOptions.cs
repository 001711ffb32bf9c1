using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Ropeway.Transport;

/// <summary>Settings of a <see cref="TransportHost"/>.</summary>
public sealed record TransportOptions
{
    /// <summary>Clock and timers.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Where the transport logs to.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;

    /// <summary>Time from the accept until a TLS handshake must be over.</summary>
    public TimeSpan TlsHandshakeTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How many connections may be open at once over all listeners; one more is closed right after its accept.</summary>
    public int ConnectionsMax { get; init; } = 65_536;
}
