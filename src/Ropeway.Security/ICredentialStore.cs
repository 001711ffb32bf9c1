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

    /// <summary>All topic permissions, once at start.</summary>
    IReadOnlyList<TopicGrant> LoadTopicPermissions();

    /// <summary>Stores a user, new or changed.</summary>
    /// <returns>The index to wait for.</returns>
    ulong PutUser(StoredUser user);

    /// <summary>Deletes a user, its permissions for these virtual hosts and these topic permissions in one step.</summary>
    /// <returns>The index to wait for.</returns>
    ulong DeleteUser(string name, IReadOnlyList<string> virtualHosts, IReadOnlyList<TopicGrant> topics);

    /// <summary>Stores a permission, new or changed.</summary>
    /// <returns>The index to wait for.</returns>
    ulong PutPermission(PermissionGrant grant);

    /// <summary>Deletes a permission.</summary>
    /// <returns>The index to wait for.</returns>
    ulong DeletePermission(string user, string virtualHost);

    /// <summary>Stores a topic permission, new or changed.</summary>
    /// <returns>The index to wait for.</returns>
    ulong PutTopicPermission(TopicGrant grant);

    /// <summary>Deletes topic permissions in one step.</summary>
    /// <returns>The index to wait for.</returns>
    ulong DeleteTopicPermissions(IReadOnlyList<TopicGrant> grants);
}
