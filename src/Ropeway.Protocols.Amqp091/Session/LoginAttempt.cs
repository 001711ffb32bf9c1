using System.Text;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Security;
using Ropeway.Security.Tls;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// The check of one start-ok's credentials, or of a new secret. Begun on the connection's owner; hashing runs elsewhere and ends by resuming the
/// connection, which then finds the attempt done.
/// </summary>
#pragma warning disable CA1001 // The token source has no timer and no registrations of others.
internal sealed class LoginAttempt
#pragma warning restore CA1001
{
    private const string External = "EXTERNAL";

    private readonly AmqpSession _session;
    private readonly CancellationTokenSource _gone = new(); // Without timer or links: nothing to dispose.
    private volatile bool _isDone;

    private LoginAttempt(AmqpSession session, string mechanism)
    {
        _session = session;
        Mechanism = mechanism;
    }

    /// <summary>The SASL mechanism that the client chose; empty for a new secret.</summary>
    public string Mechanism { get; }

    /// <summary>Who the client says it is; empty when it could not be read.</summary>
    public string ClaimedName { get; private set; } = string.Empty;

    /// <summary>Whether there is a result.</summary>
    public bool IsDone => _isDone;

    /// <summary>The user when accepted, else null. Only when done.</summary>
    public User? User { get; private set; }

    /// <summary>Why it was refused, for our log only. Only when done.</summary>
    public string Reason { get; private set; } = string.Empty;

    /// <summary>Whether the client has a verified certificate, by which it may log in (RFC 4422, mechanism EXTERNAL).</summary>
    public static bool OffersExternal(AmqpSession session) => session.Connection.Tls?.Peer is not null;

    /// <summary>Starts the check.</summary>
    /// <exception cref="ProtocolException">503 for a mechanism that was not offered.</exception>
    public static LoginAttempt Begin(AmqpSession session, in ConnectionStartOk startOk)
    {
        string sent = Encoding.UTF8.GetString(startOk.Mechanism);
        string mechanism = string.IsInterned(sent) ?? sent; // The known ones: the connection keeps it.
        var attempt = new LoginAttempt(session, mechanism);
        if (mechanism == External && OffersExternal(session))
        {
            attempt.VerifyCertificate(session.Connection.Tls!.Peer!);
            return attempt;
        }

        string? name = null;
        Secret? password = null;
        bool readable = mechanism switch
        {
            "PLAIN" => Sasl.TryParsePlain(startOk.Response, out name, out password),
            "AMQPLAIN" => TryParseAmqPlain(startOk.Response, out name, out password),
            _ => throw new ProtocolException(ErrorTexts.UnknownMechanism(mechanism) with { Method = MethodId.ConnectionStartOk }),
        };
        if (!readable)
        {
            attempt.Reason = "the response is malformed";
            attempt._isDone = true;
            return attempt;
        }

        attempt.Verify(name!, password!);
        return attempt;
    }

    /// <summary>AMQPLAIN: a table without its length, with the fields LOGIN and PASSWORD.</summary>
    private static bool TryParseAmqPlain(ReadOnlySpan<byte> response, out string? name, out Secret? password)
    {
        name = null;
        password = null;
        byte[] table = new byte[FieldTableCodec.LengthBytes + response.Length];
        System.Buffers.Binary.BinaryPrimitives.WriteInt32BigEndian(table, response.Length);
        response.CopyTo(table.AsSpan(FieldTableCodec.LengthBytes));
        bool readable = FieldTableCodec.TryRead(table, out FieldTable? fields, out _)
            && fields.TryGetString("LOGIN", out name)
            && fields.TryGetString("PASSWORD", out string? text)
            && (password = new Secret(Encoding.UTF8.GetBytes(text))) is not null;
        System.Security.Cryptography.CryptographicOperations.ZeroMemory(table);
        return readable;
    }

    /// <summary>The client has gone: nothing is verified for it any more.</summary>
    public void Abandon() => _gone.Cancel();

    /// <summary>The name comes from the certificate alone: what the client sends with the mechanism does not count, as in RabbitMQ.</summary>
    private void VerifyCertificate(PeerCertificate certificate)
    {
        string? name = certificate.NameFor(_session.Options.CertificateLogin);
        ClaimedName = name ?? string.Empty;
        Finish(_session.Broker.Authenticator.AuthenticateCertified(name, _session.Connection.Remote.Address));
        if (User is null && name is null)
        {
            Reason = "the certificate has no such name (tls-login-from)";
        }
    }

    private void Verify(string name, Secret password)
    {
        ClaimedName = name;
        ValueTask<LoginResult> login = _session.Broker.Authenticator.AuthenticateAsync(name, password, _session.Connection.Remote.Address, _gone.Token);
        if (login.IsCompletedSuccessfully)
        {
            password.Dispose();
            Finish(login.Result);
        }
        else
        {
            _ = FinishAsync(login.AsTask(), password);
        }
    }

    private async Task FinishAsync(Task<LoginResult> login, Secret password)
    {
        using (password)
        {
            LoginResult result;
            try
            {
                result = await login.ConfigureAwait(false);
            }
            catch (Exception ended) when (ended is ObjectDisposedException or OperationCanceledException)
            {
                result = new LoginResult(LoginStatus.Delayed, User: null, TimeSpan.Zero); // The broker is stopping, or the client has gone.
            }

            Finish(result);
        }

        _session.Connection.Resume();
    }

    private void Finish(LoginResult result)
    {
        User = result.User;
        _session.Broker.LoginAttempts.Count("amqp091", isSuccess: User is not null);
        Reason = result.Status switch
        {
            LoginStatus.WrongCredentials => "wrong user name or password",
            LoginStatus.LoopbackOnly => "this user may connect from the broker's own machine only",
            LoginStatus.Delayed => $"too many failed attempts; the next is looked at in {result.RetryAfter.TotalSeconds:0.#} s",
            LoginStatus.Busy => $"{Authenticator.WaitingMax} logins wait to be verified, which is the limit",
            _ => string.Empty,
        };
        _isDone = true;
    }
}
