namespace Ropeway.CommandLine.Settings;

/// <summary>A broker's address and who to be there, saved under a name.</summary>
/// <param name="Name">The name.</param>
/// <param name="Url">The HTTP address.</param>
/// <param name="User">User name, or null.</param>
/// <param name="VirtualHost">Virtual host, or null.</param>
/// <param name="PasswordFile">File with the password, or null. The password itself is not saved.</param>
internal sealed record SavedContext(string Name, string Url, string? User, string? VirtualHost, string? PasswordFile);
