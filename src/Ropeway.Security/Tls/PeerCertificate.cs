using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Ropeway.Security.Tls;

/// <summary>The names in a client's certificate, which is not kept, and how long it is valid. Immutable.</summary>
public sealed class PeerCertificate
{
    private const string CommonNameOid = "2.5.4.3";
    private const string AlternativeNameOid = "2.5.29.17";

    // RFC 4514 section 3.
    private static readonly Dictionary<string, string> AttributeNames = new(StringComparer.Ordinal)
    {
        [CommonNameOid] = "CN",
        ["2.5.4.7"] = "L",
        ["2.5.4.8"] = "ST",
        ["2.5.4.10"] = "O",
        ["2.5.4.11"] = "OU",
        ["2.5.4.6"] = "C",
        ["2.5.4.9"] = "STREET",
        ["0.9.2342.19200300.100.1.25"] = "DC",
        ["0.9.2342.19200300.100.1.1"] = "UID",
        ["1.2.840.113549.1.9.1"] = "EMAILADDRESS",
    };

    /// <summary>Reads the names of a certificate.</summary>
    /// <param name="certificate">Stays the caller's.</param>
    public PeerCertificate(X509Certificate2 certificate)
    {
        X500RelativeDistinguishedName[] names = [.. certificate.SubjectName.EnumerateRelativeDistinguishedNames(reversed: true)];
        DistinguishedName = string.Join(',', names.Select(Format));
        Issuer = string.Join(',', certificate.IssuerName.EnumerateRelativeDistinguishedNames(reversed: true).Select(Format));
        ValidFrom = new DateTimeOffset(certificate.NotBefore.ToUniversalTime());
        ValidTo = new DateTimeOffset(certificate.NotAfter.ToUniversalTime());
        CommonName = names.FirstOrDefault(name => !name.HasMultipleElements && name.GetSingleElementType().Value == CommonNameOid)?.GetSingleElementValue();
        AlternativeName = ReadAlternativeName(certificate);
    }

    /// <summary>The subject as RFC 4514 writes it, the most specific part first: <c>CN=otto,O=Example</c>.</summary>
    public string DistinguishedName { get; }

    /// <summary>Who issued it, written as the subject.</summary>
    public string Issuer { get; }

    /// <summary>Since when it is valid.</summary>
    public DateTimeOffset ValidFrom { get; }

    /// <summary>Until when it is valid.</summary>
    public DateTimeOffset ValidTo { get; }

    /// <summary>The subject's common name; null when it has none.</summary>
    public string? CommonName { get; }

    /// <summary>The first DNS name among the subject's alternative names; null when there is none.</summary>
    public string? AlternativeName { get; }

    /// <summary>The user name that the certificate stands for; null when it has no such name.</summary>
    public string? NameFor(CertificateLogin from) => from switch
    {
        CertificateLogin.CommonName => CommonName,
        CertificateLogin.AlternativeName => AlternativeName,
        _ => DistinguishedName.Length == 0 ? null : DistinguishedName,
    };

    private static string Format(X500RelativeDistinguishedName name)
    {
        if (name.HasMultipleElements)
        {
            return "#" + Convert.ToHexString(name.RawData.Span); // Unreadable, but never equal to another's name.
        }

        string oid = name.GetSingleElementType().Value!;
        return $"{AttributeNames.GetValueOrDefault(oid, oid)}={Escape(name.GetSingleElementValue() ?? string.Empty)}";
    }

    /// <summary>RFC 4514 section 2.4.</summary>
    private static string Escape(string value)
    {
        var escaped = new StringBuilder(value.Length);
        for (int i = 0; i < value.Length; i++)
        {
            char c = value[i];
            bool isEdge = (i == 0 && c is ' ' or '#') || (i == value.Length - 1 && c == ' ');
            if (isEdge || c is '"' or '+' or ',' or ';' or '<' or '>' or '\\')
            {
                escaped.Append('\\');
            }

            escaped.Append(c == '\0' ? "\\00" : c.ToString());
        }

        return escaped.ToString();
    }

    private static string? ReadAlternativeName(X509Certificate2 certificate)
    {
        X509Extension? extension = certificate.Extensions.FirstOrDefault(one => one.Oid?.Value == AlternativeNameOid);
        if (extension is null)
        {
            return null;
        }

        try
        {
            return new X509SubjectAlternativeNameExtension(extension.RawData).EnumerateDnsNames().FirstOrDefault();
        }
        catch (Exception fault) when (fault is AsnContentException or System.Security.Cryptography.CryptographicException)
        {
            return null; // Malformed: it names nobody.
        }
    }
}
