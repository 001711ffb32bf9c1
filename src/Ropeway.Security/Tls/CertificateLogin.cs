namespace Ropeway.Security.Tls;

/// <summary>Which name in a client's certificate is the user's name.</summary>
public enum CertificateLogin
{
    /// <summary>The whole subject, for example <c>CN=otto,O=Example</c>.</summary>
    DistinguishedName,

    /// <summary>The subject's common name.</summary>
    CommonName,

    /// <summary>The first DNS name among the alternative names.</summary>
    AlternativeName,
}
