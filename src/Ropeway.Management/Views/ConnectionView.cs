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
    FieldTable ClientProperties,
    long ConnectedAt,
    string UserWhoPerformedAction);
