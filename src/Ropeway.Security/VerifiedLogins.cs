using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;

namespace Ropeway.Security;

/// <summary>
/// Remembers logins that were verified, so that a client which opens many connections pays the costly hash once. Holds no password:
/// the key is an HMAC of user and password under a secret of this process. Bounded; any thread may call it.
/// </summary>
internal sealed class VerifiedLogins
{
    private const int KeyBytes = 32;

    private readonly byte[] _secret = RandomNumberGenerator.GetBytes(KeyBytes);
    private readonly ConcurrentDictionary<Tag, StoredUser> _logins = new();
    private readonly int _countMax;

    /// <summary>Makes an empty cache.</summary>
    /// <param name="countMax">Logins remembered; at the next one all are forgotten.</param>
    public VerifiedLogins(int countMax = 4096) => _countMax = countMax;

    /// <summary>Whether this password was verified for exactly this version of the user.</summary>
    public bool Contains(StoredUser user, ReadOnlySpan<byte> password) =>
        _logins.TryGetValue(ComputeTag(user.User.Name, password), out StoredUser? verified) && ReferenceEquals(verified, user);

    /// <summary>Remembers a verified login.</summary>
    public void Add(StoredUser user, ReadOnlySpan<byte> password)
    {
        if (_logins.Count >= _countMax)
        {
            _logins.Clear();
        }

        _logins[ComputeTag(user.User.Name, password)] = user;
    }

    /// <summary>Forgets everything: a user has changed.</summary>
    public void Clear() => _logins.Clear();

    private Tag ComputeTag(string name, ReadOnlySpan<byte> password)
    {
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _secret);
        hmac.AppendData(Encoding.UTF8.GetBytes(name));
        hmac.AppendData("\0"u8); // No user name holds it: "a" + "bc" is not "ab" + "c".
        hmac.AppendData(password);
        Span<byte> tag = stackalloc byte[KeyBytes];
        hmac.GetHashAndReset(tag);
        return new Tag(new UInt128(BitConverter.ToUInt64(tag), BitConverter.ToUInt64(tag[8..])), new UInt128(BitConverter.ToUInt64(tag[16..]), BitConverter.ToUInt64(tag[24..])));
    }

    private readonly record struct Tag(UInt128 High, UInt128 Low);
}
