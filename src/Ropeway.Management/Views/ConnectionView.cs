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
    string? SslProtocol,
    string? SslCipher,
    string? PeerCertSubject,
    FieldTable ClientProperties,
    long ConnectedAt);
