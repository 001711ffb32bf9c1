namespace Ropeway.Storage;

/// <summary>One file of a backup.</summary>
/// <param name="Name">Its name in the data directory.</param>
/// <param name="Bytes">Its length.</param>
/// <param name="Sha256">SHA-256 of its content, in lower-case hexadecimal.</param>
internal sealed record BackupEntry(string Name, long Bytes, string Sha256);
