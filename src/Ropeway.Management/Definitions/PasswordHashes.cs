using System.Text;
using Ropeway.Management.Http;
using Ropeway.Security;

namespace Ropeway.Management.Definitions;

/// <summary>Password hashes in JSON: base64, with the algorithm's name beside them.</summary>
internal static class PasswordHashes
{
    private const string Own = "ropeway_pbkdf2_sha256";
    private const string RabbitSha256 = "rabbit_password_hashing_sha256";
    private const string RabbitSha512 = "rabbit_password_hashing_sha512";

    /// <summary>Reads the password of a user; null when it has none.</summary>
    /// <exception cref="ApiException">Both a password and a hash were given, or the hash cannot be read.</exception>
    public static PasswordHash? Read(JsonBody body)
    {
        string? password = body.Text("password");
        string? hash = body.Text("password_hash");
        if (password is not null && hash is not null)
        {
            ApiException.ThrowBadRequest("both_password_and_password_hash_are_provided");
        }

        return !string.IsNullOrEmpty(password) ? PasswordHash.Create(Encoding.UTF8.GetBytes(password))
            : !string.IsNullOrEmpty(hash) ? Decode(hash, body.Text("hashing_algorithm") ?? RabbitSha256)
            : null;
    }

    /// <summary>The hash's base64 and its algorithm's name; an empty text for a user without password.</summary>
    public static (string Hash, string Algorithm) Write(PasswordHash? hash) => hash switch
    {
        null => (string.Empty, Own),
        { Algorithm: PasswordAlgorithm.RabbitSha256 } => (Convert.ToBase64String(hash.Encode().AsSpan(1)), RabbitSha256),
        { Algorithm: PasswordAlgorithm.RabbitSha512 } => (Convert.ToBase64String(hash.Encode().AsSpan(1)), RabbitSha512),
        _ => (Convert.ToBase64String(hash.Encode()), Own),
    };

    private static PasswordHash Decode(string base64, string algorithm)
    {
        byte[] bytes;
        try
        {
            bytes = Convert.FromBase64String(base64);
        }
        catch (FormatException)
        {
            throw ApiException.BadRequest("not_base64: password_hash");
        }

        PasswordHash? hash;
        bool isReadable = algorithm switch
        {
            Own => PasswordHash.TryDecode(bytes, out hash),
            RabbitSha256 => PasswordHash.TryTakeOver(PasswordAlgorithm.RabbitSha256, bytes, out hash),
            RabbitSha512 => PasswordHash.TryTakeOver(PasswordAlgorithm.RabbitSha512, bytes, out hash),
            _ => throw ApiException.BadRequest($"hashing_algorithm '{algorithm}' is not supported: {RabbitSha256}, {RabbitSha512} or {Own}"),
        };
        return isReadable ? hash! : throw ApiException.BadRequest($"password_hash is no hash of {algorithm}");
    }
}
