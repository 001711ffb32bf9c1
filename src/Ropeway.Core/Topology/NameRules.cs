using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace Ropeway.Core.Topology;

/// <summary>What names of queues, exchanges and routing keys may be.</summary>
public static class NameRules
{
    /// <summary>Longest name or routing key in bytes of UTF-8.</summary>
    public const int NameBytesMax = 255;

    /// <summary>Names that begin with this are the broker's own.</summary>
    public const string ReservedPrefix = "amq.";

    private const string GeneratedPrefix = "amq.gen-";
    private const int GeneratedBytes = 16; // 22 characters of base64.

    /// <summary>The name without line breaks, which RabbitMQ removes as well.</summary>
    public static string Clean(string name) => name.AsSpan().IndexOfAny('\r', '\n') < 0
        ? name
        : name.Replace("\r", string.Empty, StringComparison.Ordinal).Replace("\n", string.Empty, StringComparison.Ordinal);

    /// <summary>Refuses a name that is too long.</summary>
    internal static void CheckBytes(string kind, string name)
    {
        if (name.Length > NameBytesMax / 3 && Encoding.UTF8.GetByteCount(name) is > NameBytesMax and int nameBytes)
        {
            RefusalTexts.ThrowNameTooLong(kind, nameBytes);
        }
    }

    /// <summary>Refuses a name with the reserved prefix.</summary>
    internal static void CheckReserved(string kind, string name)
    {
        if (name.StartsWith(ReservedPrefix, StringComparison.Ordinal))
        {
            RefusalTexts.ThrowReservedName(kind, name);
        }
    }

    /// <summary>A name for a queue whose client left it to the broker; nobody can guess it.</summary>
    internal static string Generate()
    {
        Span<byte> random = stackalloc byte[GeneratedBytes];
        RandomNumberGenerator.Fill(random);
        return GeneratedPrefix + Base64Url.EncodeToString(random);
    }
}
