using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Ropeway.Security.Tls;

/// <summary>The certificates of a listener as they were read from their files. Immutable; lives until the last handshake that uses it has ended.</summary>
internal sealed class TlsIdentity
{
    private readonly SslStreamCertificateContext _main;
    private readonly Dictionary<string, SslStreamCertificateContext> _byName = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Reads the files.</summary>
    /// <exception cref="InvalidDataException">One cannot be read, or holds something else; the text names it.</exception>
    public TlsIdentity(TlsOptions options)
    {
        _main = Read(options.CertificateFile, options.KeyFile, options.KeyPassword);
        foreach (TlsServerName name in options.ServerNames)
        {
            _byName[name.Name] = Read(name.CertificateFile, keyFile: null, options.KeyPassword);
        }

        Authorities = options.CaFile is null ? [] : ReadAuthorities(options.CaFile);
    }

    /// <summary>Who may sign certificates of clients.</summary>
    public X509Certificate2Collection Authorities { get; }

    /// <summary>The certificates themselves, without those of their issuers.</summary>
    public IReadOnlyList<TlsCertificate> Certificates =>
        [.. _byName.Values.Prepend(_main).Select(context => new TlsCertificate(context.TargetCertificate.Subject, new DateTimeOffset(context.TargetCertificate.NotAfter))).Distinct()];

    /// <summary>The certificate for a name; the main one when there is no better.</summary>
    public SslStreamCertificateContext For(string serverName)
    {
        if (_byName.TryGetValue(serverName, out SslStreamCertificateContext? exact))
        {
            return exact;
        }

        int dot = serverName.IndexOf('.', StringComparison.Ordinal);
        return dot > 0 && _byName.TryGetValue("*" + serverName[dot..], out SslStreamCertificateContext? wild) ? wild : _main;
    }

    private static SslStreamCertificateContext Read(string file, string? keyFile, string? password)
    {
        try
        {
            byte[] bytes = File.ReadAllBytes(file);
            bool isPem = bytes.AsSpan().IndexOf("-----BEGIN "u8) >= 0;
            return isPem ? ReadPem(file, keyFile ?? file, password) : ReadPfx(bytes, password);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new InvalidDataException($"the certificate {file}{(keyFile is null ? string.Empty : $" or its key {keyFile}")} cannot be read: {fault.Message}", fault);
        }
    }

    private static SslStreamCertificateContext ReadPem(string file, string keyFile, string? password)
    {
        X509Certificate2 certificate = password is null
            ? X509Certificate2.CreateFromPemFile(file, keyFile)
            : X509Certificate2.CreateFromEncryptedPemFile(file, password, keyFile);
        var chain = new X509Certificate2Collection();
        chain.ImportFromPemFile(file);
        return SslStreamCertificateContext.Create(certificate, Others(chain, certificate), offline: true);
    }

    private static SslStreamCertificateContext ReadPfx(byte[] bytes, string? password)
    {
        X509Certificate2Collection all = X509CertificateLoader.LoadPkcs12Collection(bytes, password);
        X509Certificate2 certificate = all.FirstOrDefault(one => one.HasPrivateKey) ?? throw new CryptographicException("it holds no key");
        return SslStreamCertificateContext.Create(certificate, Others(all, certificate), offline: true);
    }

    private static X509Certificate2Collection Others(X509Certificate2Collection all, X509Certificate2 certificate) =>
        [.. all.Where(one => !one.RawDataMemory.Span.SequenceEqual(certificate.RawDataMemory.Span))];

    private static X509Certificate2Collection ReadAuthorities(string file)
    {
        try
        {
            var authorities = new X509Certificate2Collection();
            authorities.ImportFromPemFile(file);
            return authorities.Count > 0 ? authorities : throw new CryptographicException("it holds no certificate in PEM form");
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            throw new InvalidDataException($"the authorities {file} cannot be read: {fault.Message}", fault);
        }
    }
}
