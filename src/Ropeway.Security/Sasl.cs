using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Unicode;

namespace Ropeway.Security;

/// <summary>Messages of SASL mechanisms. Pure; any thread.</summary>
public static class Sasl
{
    /// <summary>Reads the message of the mechanism PLAIN (RFC 4616): <c>[authzid] NUL authcid NUL passwd</c>.</summary>
    /// <param name="message">The client's message.</param>
    /// <param name="user">The name that logs in (authcid).</param>
    /// <param name="password">The password, to be disposed by the caller.</param>
    /// <returns>False when the message is malformed, or asks to act as another user (authzid), which nobody may.</returns>
    public static bool TryParsePlain(ReadOnlySpan<byte> message, [NotNullWhen(true)] out string? user, [NotNullWhen(true)] out Secret? password)
    {
        user = null;
        password = null;
        int first = message.IndexOf((byte)0);
        if (first < 0)
        {
            return false;
        }

        ReadOnlySpan<byte> actAs = message[..first];
        ReadOnlySpan<byte> rest = message[(first + 1)..];
        int second = rest.IndexOf((byte)0);
        if (second < 1)
        {
            return false;
        }

        ReadOnlySpan<byte> name = rest[..second];
        ReadOnlySpan<byte> secret = rest[(second + 1)..];
        if (secret.Contains((byte)0) || !Utf8.IsValid(name) || !Utf8.IsValid(secret) || (!actAs.IsEmpty && !actAs.SequenceEqual(name)))
        {
            return false;
        }

        user = Encoding.UTF8.GetString(name);
        password = new Secret(secret);
        return true;
    }
}
