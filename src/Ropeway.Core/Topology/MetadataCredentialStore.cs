using Ropeway.Security;
using Ropeway.Storage;

namespace Ropeway.Core.Topology;

/// <summary>Keeps users and permissions among the stored definitions.</summary>
/// <param name="metadata">The definitions.</param>
/// <param name="users">What was found at start.</param>
/// <param name="grants">What was found at start.</param>
internal sealed class MetadataCredentialStore(IMetadataStore metadata, IReadOnlyList<StoredUser> users, IReadOnlyList<PermissionGrant> grants) : ICredentialStore
{
    /// <inheritdoc/>
    public IReadOnlyList<StoredUser> LoadUsers() => users;

    /// <inheritdoc/>
    public IReadOnlyList<PermissionGrant> LoadPermissions() => grants;

    /// <inheritdoc/>
    public ulong PutUser(StoredUser user)
    {
        var change = new TopologyChange(metadata);
        change.Put(StoredCredentials.UserKey(user.User.Name), StoredCredentials.UserValue(user));
        return change.Apply();
    }

    /// <inheritdoc/>
    public ulong DeleteUser(string name, IReadOnlyList<string> virtualHosts)
    {
        var change = new TopologyChange(metadata);
        change.Delete(StoredCredentials.UserKey(name));
        foreach (string host in virtualHosts)
        {
            change.Delete(StoredCredentials.PermissionKey(name, host));
        }

        return change.Apply();
    }

    /// <inheritdoc/>
    public ulong PutPermission(PermissionGrant grant)
    {
        var change = new TopologyChange(metadata);
        change.Put(StoredCredentials.PermissionKey(grant.User, grant.VirtualHost), StoredCredentials.PermissionValue(grant));
        return change.Apply();
    }

    /// <inheritdoc/>
    public ulong DeletePermission(string user, string virtualHost)
    {
        var change = new TopologyChange(metadata);
        change.Delete(StoredCredentials.PermissionKey(user, virtualHost));
        return change.Apply();
    }
}
