namespace Ropeway.Security;

/// <summary>
/// Where users and permissions are kept. Any thread may call it; a change is durable when the returned index is committed. Who calls
/// it orders changes of one user.
/// </summary>
public interface ICredentialStore
{
    /// <summary>All users, once at start.</summary>
    IReadOnlyList<StoredUser> LoadUsers();

    /// <summary>All permissions, once at start.</summary>
    IReadOnlyList<PermissionGrant> LoadPermissions();

    /// <summary>Stores a user, new or changed.</summary>
    /// <returns>The index to wait for.</returns>
    ulong PutUser(StoredUser user);

    /// <summary>Deletes a user and the permissions for these virtual hosts in one step.</summary>
    /// <returns>The index to wait for.</returns>
    ulong DeleteUser(string name, IReadOnlyList<string> virtualHosts);

    /// <summary>Stores a permission, new or changed.</summary>
    /// <returns>The index to wait for.</returns>
    ulong PutPermission(PermissionGrant grant);

    /// <summary>Deletes a permission.</summary>
    /// <returns>The index to wait for.</returns>
    ulong DeletePermission(string user, string virtualHost);
}
