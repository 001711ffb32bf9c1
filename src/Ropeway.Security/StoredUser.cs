namespace Ropeway.Security;

/// <summary>A user as it is stored. Prints no hash.</summary>
/// <param name="user">Name and tags.</param>
/// <param name="password">The password's hash; null for a user that cannot log in with a password.</param>
public sealed class StoredUser(User user, PasswordHash? password)
{
    /// <summary>Name and tags.</summary>
    public User User { get; } = user;

    /// <summary>The password's hash; null for a user that cannot log in with a password.</summary>
    public PasswordHash? Password { get; } = password;
}
