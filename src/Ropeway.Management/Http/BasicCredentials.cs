using System.Text;
using System.Text.Unicode;
using Ropeway.Security;

namespace Ropeway.Management.Http;

/// <summary>Name and password of HTTP Basic authentication (RFC 7617). Pure; any thread.</summary>
internal static class BasicCredentials
{
    private const string Scheme = "Basic ";
    private const int CharsMax = 8192;

    /// <summary>Reads the header <c>Authorization</c>.</summary>
    /// <param name="header">Its value, or null.</param>
    /// <param name="name">The name.</param>
    /// <returns>The password, to be disposed by the caller; null when the header is missing, malformed or of another scheme.</returns>
    public static Secret? Read(string? header, out string name)
    {
        name = string.Empty;
        if (header is null || header.Length > CharsMax || !header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        byte[] bytes = new byte[header.Length];
        if (!Convert.TryFromBase64String(header[Scheme.Length..].Trim(), bytes, out int count))
        {
            return null;
        }

        try
        {
            int colon = bytes.AsSpan(0, count).IndexOf((byte)':');
            if (colon < 0 || !Utf8.IsValid(bytes.AsSpan(0, count)))
            {
                return null;
            }

            name = Encoding.UTF8.GetString(bytes.AsSpan(0, colon));
            return new Secret(bytes.AsSpan(colon + 1, count - colon - 1));
        }
        finally
        {
            System.Security.Cryptography.CryptographicOperations.ZeroMemory(bytes);
        }
    }
}
