using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Ropeway.Security;

/// <summary>A salted password hash: PBKDF2 with HMAC-SHA-256. Immutable; prints nothing of itself.</summary>
/// <remarks>
/// <code>
/// 0  1   version, 1
/// 1  4   iterations, little-endian
/// 5  16  salt
/// 21 32  derived key
/// </code>
/// Verifying costs what the stored iterations say, so hashes made with fewer or more of them stay valid when the default changes.
/// </remarks>
public sealed class PasswordHash
{
    /// <summary>Iterations of new hashes.</summary>
    public const int IterationsDefault = 100_000;

    /// <summary>Length of an encoded hash.</summary>
    public const int EncodedBytes = 1 + sizeof(int) + SaltBytes + KeyBytes;

    private const byte Version = 1;
    private const int SaltBytes = 16;
    private const int KeyBytes = 32;
    private const int IterationsMax = 10_000_000; // A damaged value must not stop logins for minutes.

    private readonly byte[] _salt;
    private readonly byte[] _key;

    private PasswordHash(int iterations, byte[] salt, byte[] key)
    {
        Iterations = iterations;
        _salt = salt;
        _key = key;
    }

    /// <summary>How often the function is applied.</summary>
    public int Iterations { get; }

    /// <summary>Hashes a password with a new salt. Takes tens of milliseconds: never on a socket thread.</summary>
    public static PasswordHash Create(ReadOnlySpan<byte> password, int iterations = IterationsDefault)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new PasswordHash(iterations, salt, Derive(password, salt, iterations, KeyBytes));
    }

    /// <summary>A hash that no password matches, as costly to verify as any other: for users that do not exist.</summary>
    public static PasswordHash CreateUnmatchable() =>
        new(IterationsDefault, RandomNumberGenerator.GetBytes(SaltBytes), RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>Reads an encoded hash.</summary>
    /// <returns>False when the bytes are no hash of a known version.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out PasswordHash? hash)
    {
        hash = null;
        if (encoded.Length != EncodedBytes || encoded[0] != Version)
        {
            return false;
        }

        int iterations = BinaryPrimitives.ReadInt32LittleEndian(encoded[1..]);
        if (iterations is < 1 or > IterationsMax)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = encoded[(1 + sizeof(int))..];
        hash = new PasswordHash(iterations, rest[..SaltBytes].ToArray(), rest[SaltBytes..].ToArray());
        return true;
    }

    /// <summary>The bytes to store.</summary>
    public byte[] Encode()
    {
        byte[] encoded = new byte[EncodedBytes];
        encoded[0] = Version;
        BinaryPrimitives.WriteInt32LittleEndian(encoded.AsSpan(1), Iterations);
        _salt.CopyTo(encoded, 1 + sizeof(int));
        _key.CopyTo(encoded, 1 + sizeof(int) + SaltBytes);
        return encoded;
    }

    /// <summary>Compares a password, in time that does not depend on how much of it is right. Takes tens of milliseconds.</summary>
    public bool Verify(ReadOnlySpan<byte> password)
    {
        byte[] key = Derive(password, _salt, Iterations, KeyBytes);
        bool same = CryptographicOperations.FixedTimeEquals(key, _key);
        CryptographicOperations.ZeroMemory(key);
        return same;
    }

    /// <summary>PBKDF2 with HMAC-SHA-256 (RFC 8018 section 5.2).</summary>
    internal static byte[] Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations, int keyBytes) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, keyBytes);
}
