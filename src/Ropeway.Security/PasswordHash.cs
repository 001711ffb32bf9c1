using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Ropeway.Security;

/// <summary>
/// A salted password hash: PBKDF2 with HMAC-SHA-256, or one taken over from RabbitMQ, which is replaced by the former at the first login. Immutable;
/// prints nothing of itself.
/// </summary>
/// <remarks>
/// <code>
///         version 1 (PBKDF2)          version 2 (SHA-256), 3 (SHA-512)
/// 0   1   version                     version
/// 1   4   iterations, little-endian   salt
/// 5   16  salt                        32 or 64: hash of salt and password
/// 21  32  derived key
/// </code>
/// Verifying costs what the stored iterations say, so hashes made with fewer or more of them stay valid when the default changes.
/// </remarks>
public sealed class PasswordHash
{
    /// <summary>Iterations of new hashes.</summary>
    public const int IterationsDefault = 100_000;

    /// <summary>Length of an encoded PBKDF2 hash.</summary>
    public const int EncodedBytes = 1 + sizeof(int) + SaltBytes + KeyBytes;

    private const int SaltBytes = 16;
    private const int KeyBytes = 32;
    private const int ForeignSaltBytes = 4;
    private const int IterationsMax = 10_000_000; // A damaged value must not stop logins for minutes.

    private readonly byte[] _salt;
    private readonly byte[] _key;

    private PasswordHash(PasswordAlgorithm algorithm, int iterations, byte[] salt, byte[] key)
    {
        Algorithm = algorithm;
        Iterations = iterations;
        _salt = salt;
        _key = key;
    }

    /// <summary>How it was made.</summary>
    public PasswordAlgorithm Algorithm { get; }

    /// <summary>How often the function is applied.</summary>
    public int Iterations { get; }

    /// <summary>Whether verifying is so cheap that the hash should be replaced as soon as the password is known.</summary>
    public bool IsWeak => Algorithm != PasswordAlgorithm.Pbkdf2Sha256;

    /// <summary>Hashes a password with a new salt. Takes tens of milliseconds: never on a socket thread.</summary>
    public static PasswordHash Create(ReadOnlySpan<byte> password, int iterations = IterationsDefault)
    {
        byte[] salt = RandomNumberGenerator.GetBytes(SaltBytes);
        return new PasswordHash(PasswordAlgorithm.Pbkdf2Sha256, iterations, salt, Derive(password, salt, iterations, KeyBytes));
    }

    /// <summary>A hash that no password matches, as costly to verify as any other: for users that do not exist.</summary>
    public static PasswordHash CreateUnmatchable() => new(
        PasswordAlgorithm.Pbkdf2Sha256, IterationsDefault, RandomNumberGenerator.GetBytes(SaltBytes), RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>Reads an encoded hash.</summary>
    /// <returns>False when the bytes are no hash of a known version.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out PasswordHash? hash)
    {
        hash = null;
        if (encoded.IsEmpty)
        {
            return false;
        }

        var algorithm = (PasswordAlgorithm)encoded[0];
        return algorithm == PasswordAlgorithm.Pbkdf2Sha256 ? TryDecodePbkdf2(encoded, out hash) : TryTakeOver(algorithm, encoded[1..], out hash);
    }

    /// <summary>Takes over a hash as RabbitMQ stores and exports it: four bytes of salt, then the hash of salt and password.</summary>
    /// <param name="algorithm">One of RabbitMQ's.</param>
    /// <param name="saltAndHash">The bytes behind its base64.</param>
    /// <param name="hash">The hash; null when false is returned.</param>
    /// <returns>False when the length does not fit the algorithm.</returns>
    public static bool TryTakeOver(PasswordAlgorithm algorithm, ReadOnlySpan<byte> saltAndHash, [NotNullWhen(true)] out PasswordHash? hash)
    {
        int keyBytes = algorithm switch
        {
            PasswordAlgorithm.RabbitSha256 => SHA256.HashSizeInBytes,
            PasswordAlgorithm.RabbitSha512 => SHA512.HashSizeInBytes,
            _ => -1,
        };
        hash = keyBytes > 0 && saltAndHash.Length == ForeignSaltBytes + keyBytes
            ? new PasswordHash(algorithm, 1, saltAndHash[..ForeignSaltBytes].ToArray(), saltAndHash[ForeignSaltBytes..].ToArray())
            : null;
        return hash is not null;
    }

    /// <summary>The bytes to store.</summary>
    public byte[] Encode()
    {
        if (IsWeak)
        {
            return [(byte)Algorithm, .. _salt, .. _key];
        }

        byte[] encoded = new byte[EncodedBytes];
        encoded[0] = (byte)Algorithm;
        BinaryPrimitives.WriteInt32LittleEndian(encoded.AsSpan(1), Iterations);
        _salt.CopyTo(encoded, 1 + sizeof(int));
        _key.CopyTo(encoded, 1 + sizeof(int) + SaltBytes);
        return encoded;
    }

    /// <summary>Compares a password, in time that does not depend on how much of it is right. Takes tens of milliseconds, unless the hash is weak.</summary>
    public bool Verify(ReadOnlySpan<byte> password)
    {
        byte[] key = IsWeak ? HashOnce(password) : Derive(password, _salt, Iterations, KeyBytes);
        bool same = CryptographicOperations.FixedTimeEquals(key, _key);
        CryptographicOperations.ZeroMemory(key);
        return same;
    }

    /// <summary>PBKDF2 with HMAC-SHA-256 (RFC 8018 section 5.2).</summary>
    internal static byte[] Derive(ReadOnlySpan<byte> password, ReadOnlySpan<byte> salt, int iterations, int keyBytes) =>
        Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, keyBytes);

    private static bool TryDecodePbkdf2(ReadOnlySpan<byte> encoded, [NotNullWhen(true)] out PasswordHash? hash)
    {
        hash = null;
        if (encoded.Length != EncodedBytes)
        {
            return false;
        }

        int iterations = BinaryPrimitives.ReadInt32LittleEndian(encoded[1..]);
        if (iterations is < 1 or > IterationsMax)
        {
            return false;
        }

        ReadOnlySpan<byte> rest = encoded[(1 + sizeof(int))..];
        hash = new PasswordHash(PasswordAlgorithm.Pbkdf2Sha256, iterations, rest[..SaltBytes].ToArray(), rest[SaltBytes..].ToArray());
        return true;
    }

    private byte[] HashOnce(ReadOnlySpan<byte> password)
    {
        using var hash = IncrementalHash.CreateHash(Algorithm == PasswordAlgorithm.RabbitSha512 ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);
        hash.AppendData(_salt);
        hash.AppendData(password);
        return hash.GetHashAndReset();
    }
}
