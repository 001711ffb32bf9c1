namespace Ropeway.Security;

/// <summary>How a password hash was made. The values are stored and never change.</summary>
public enum PasswordAlgorithm : byte
{
    /// <summary>PBKDF2 with HMAC-SHA-256: ours.</summary>
    Pbkdf2Sha256 = 1,

    /// <summary>RabbitMQ's rabbit_password_hashing_sha256: one round of SHA-256.</summary>
    RabbitSha256 = 2,

    /// <summary>RabbitMQ's rabbit_password_hashing_sha512: one round of SHA-512.</summary>
    RabbitSha512 = 3,
}
