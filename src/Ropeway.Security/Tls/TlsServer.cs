using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Ropeway.Security.Tls;

/// <summary>
/// What TLS listeners need for each handshake. Reads its files again when one of them has changed, so that certificates are replaced without a
/// restart; files that cannot be read then change nothing. Any thread, but for socket threads: a handshake may read files.
/// </summary>
public sealed class TlsServer
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(2);

    private readonly TlsOptions _options;
    private readonly TimeProvider _time;
    private readonly Action<string?> _onReload;
    private readonly Lock _gate = new();
    private TlsIdentity _identity;
    private DateTime[] _written;
    private long _lookedAt;

    /// <summary>Reads the files.</summary>
    /// <param name="options">Settings.</param>
    /// <param name="time">The clock.</param>
    /// <param name="onReload">Told after files have changed: null when they were read, else why not.</param>
    /// <exception cref="InvalidDataException">A file cannot be read, or the settings contradict each other; the text says what.</exception>
    public TlsServer(TlsOptions options, TimeProvider time, Action<string?> onReload)
    {
        if (options.VerifyPeer && options.CaFile is null)
        {
            throw new InvalidDataException("to verify clients' certificates their authorities are needed (tls-ca)");
        }

        if (options.FailIfNoPeerCertificate && !options.VerifyPeer)
        {
            throw new InvalidDataException("to refuse clients without certificate, certificates must be verified (tls-verify-peer)");
        }

        _options = options;
        _time = time;
        _onReload = onReload;
        _written = WriteTimes();
        _identity = new TlsIdentity(options);
        _lookedAt = time.GetTimestamp();
    }

    /// <summary>The certificates in use now.</summary>
    public IReadOnlyList<TlsCertificate> Certificates => Current().Certificates;

    /// <summary>Settings for one handshake.</summary>
    /// <param name="serverName">The name that the client asks for; empty for none.</param>
    public SslServerAuthenticationOptions OptionsFor(string serverName)
    {
        TlsIdentity identity = Current();
        return new SslServerAuthenticationOptions
        {
            ServerCertificateContext = identity.For(serverName),
            EnabledSslProtocols = _options.Versions,
            ClientCertificateRequired = _options.VerifyPeer,
            CertificateChainPolicy = _options.VerifyPeer ? PolicyFor(identity) : null,
            CertificateRevocationCheckMode = X509RevocationMode.NoCheck,
            RemoteCertificateValidationCallback = Accepts,
            AllowRenegotiation = false,
        };
    }

    private static X509ChainPolicy PolicyFor(TlsIdentity identity)
    {
        var policy = new X509ChainPolicy
        {
            TrustMode = X509ChainTrustMode.CustomRootTrust,
            RevocationMode = X509RevocationMode.NoCheck,
            DisableCertificateDownloads = true, // A certificate must not make the broker call its issuer's server.
        };
        policy.CustomTrustStore.AddRange(identity.Authorities);
        return policy;
    }

    private bool Accepts(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors) =>
        !_options.VerifyPeer
        || errors == SslPolicyErrors.None
        || (errors == SslPolicyErrors.RemoteCertificateNotAvailable && !_options.FailIfNoPeerCertificate);

    private TlsIdentity Current()
    {
        lock (_gate)
        {
            if (_time.GetElapsedTime(_lookedAt) < LookInterval)
            {
                return _identity;
            }

            _lookedAt = _time.GetTimestamp();
            DateTime[] written = WriteTimes();
            if (written.AsSpan().SequenceEqual(_written))
            {
                return _identity;
            }

            _written = written; // Also when they cannot be read: told once, tried again when they change again.
            string? problem = null;
            try
            {
                _identity = new TlsIdentity(_options);
            }
            catch (InvalidDataException fault)
            {
                problem = fault.Message;
            }

            _onReload(problem);
            return _identity;
        }
    }

    private DateTime[] WriteTimes() => [.. _options.Files.Select(File.GetLastWriteTimeUtc)];
}
