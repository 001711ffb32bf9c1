using Ropeway.Security;
using Ropeway.Storage;

namespace Ropeway.Core.Topology;

/// <summary>Keeps users and permissions among the stored definitions.</summary>
/// <param name="metadata">The definitions.</param>
/// <param name="stored">What was found at start.</param>
internal sealed class MetadataCredentialStore(IMetadataStore metadata, StoredDefinitions stored) : ICredentialStore
{
    /// <inheritdoc/>
    public IReadOnlyList<StoredUser> LoadUsers() => stored.Users;

    /// <inheritdoc/>
    public IReadOnlyList<PermissionGrant> LoadPermissions() => stored.Grants;

    /// <inheritdoc/>
    public IReadOnlyList<TopicGrant> LoadTopicPermissions() => stored.Topics;

    /// <inheritdoc/>
    public ulong PutUser(StoredUser user)
    {
        var change = new TopologyChange(metadata);
        change.Put(StoredCredentials.UserKey(user.User.Name), StoredCredentials.UserValue(user));
        return change.Apply();
    }

    /// <inheritdoc/>
    public ulong DeleteUser(string name, IReadOnlyList<string> virtualHosts, IReadOnlyList<TopicGrant> topics)
    {
        var change = new TopologyChange(metadata);
        change.Delete(StoredCredentials.UserKey(name));
        foreach (string host in virtualHosts)
        {
            change.Delete(StoredCredentials.PermissionKey(name, host));
        }

        Delete(change, topics);
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

    /// <inheritdoc/>
    public ulong PutTopicPermission(TopicGrant grant)
    {
        var change = new TopologyChange(metadata);
        change.Put(StoredCredentials.TopicPermissionKey(grant), StoredCredentials.TopicPermissionValue(grant));
        return change.Apply();
    }

    /// <inheritdoc/>
    public ulong DeleteTopicPermissions(IReadOnlyList<TopicGrant> grants)
    {
        var change = new TopologyChange(metadata);
        Delete(change, grants);
        return change.Apply();
    }

    private static void Delete(TopologyChange change, IReadOnlyList<TopicGrant> grants)
    {
        foreach (TopicGrant grant in grants)
        {
            change.Delete(StoredCredentials.TopicPermissionKey(grant));
        }
    }
}
