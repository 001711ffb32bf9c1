using System.Security.Cryptography;
using System.Text;

namespace Ropeway.Security;

/// <summary>
/// A password or key in memory: prints as <c>***</c> whoever formats it, and is overwritten when disposed. One owner; not
/// thread-safe against disposal.
/// </summary>
public sealed class Secret : IDisposable
{
    private readonly byte[] _bytes;

    /// <summary>Takes a copy of the bytes.</summary>
    public Secret(ReadOnlySpan<byte> bytes) => _bytes = bytes.ToArray();

    /// <summary>Takes the UTF-8 bytes of a text.</summary>
    public Secret(string text) => _bytes = Encoding.UTF8.GetBytes(text);

    /// <summary>The secret itself. Never pass it to anything that formats or keeps it.</summary>
    public ReadOnlySpan<byte> Reveal() => _bytes;

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";

    /// <summary>Overwrites the bytes.</summary>
    public void Dispose() => CryptographicOperations.ZeroMemory(_bytes);
}
