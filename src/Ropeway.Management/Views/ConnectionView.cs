using System.Text.Json.Serialization;
using Ropeway.Messages;

namespace Ropeway.Management.Views;

/// <summary>An open connection.</summary>
internal sealed record ConnectionView(
    string Name,
    string Node,
    string Type,
    string Protocol,
    string User,
    string Vhost,
    string State,
    string? BlockedReason,
    int Channels,
    string Host,
    int Port,
    string PeerHost,
    int PeerPort,
    string AuthMechanism,
    bool Ssl,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? SslProtocol,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? SslCipher,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PeerCertSubject,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PeerCertIssuer,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.Never)] string? PeerCertValidity,
    FieldTable ClientProperties,
    long ConnectedAt,
    string UserWhoPerformedAction)
{
    /// <summary>Largest channel number agreed on.</summary>
    public int ChannelMax { get; init; }

    /// <summary>Largest frame agreed on, in bytes.</summary>
    public int FrameMax { get; init; }

    /// <summary>Interval of heartbeats agreed on, in seconds; 0 without.</summary>
    public int Timeout { get; init; }

    /// <summary>Bytes received.</summary>
    public long RecvOct { get; init; }

    /// <summary>How fast they come.</summary>
    public required RateView RecvOctDetails { get; init; }

    /// <summary>Pieces that they came in.</summary>
    public long RecvCnt { get; init; }

    /// <summary>Bytes sent.</summary>
    public long SendOct { get; init; }

    /// <summary>How fast they leave.</summary>
    public required RateView SendOctDetails { get; init; }

    /// <summary>Pieces that they left in.</summary>
    public long SendCnt { get; init; }

    /// <summary>Bytes that wait to be sent.</summary>
    public long SendPend { get; init; }
}
