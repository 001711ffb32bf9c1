namespace Ropeway.Security.Tests;

/// <summary>Users and permissions in memory; the next "start" finds what was put.</summary>
internal sealed class MemoryCredentials : ICredentialStore
{
    private readonly Dictionary<string, StoredUser> _users = new(StringComparer.Ordinal);
    private readonly Dictionary<(string User, string Host), PermissionGrant> _grants = [];
    private readonly Dictionary<(string User, string Host, string Exchange), TopicGrant> _topics = [];
    private ulong _index;

    public IReadOnlyList<StoredUser> LoadUsers() => [.. _users.Values];

    public IReadOnlyList<PermissionGrant> LoadPermissions() => [.. _grants.Values];

    public IReadOnlyList<TopicGrant> LoadTopicPermissions() => [.. _topics.Values];

    public ulong PutUser(StoredUser user)
    {
        _users[user.User.Name] = user;
        return ++_index;
    }

    public ulong DeleteUser(string name, IReadOnlyList<string> virtualHosts, IReadOnlyList<TopicGrant> topics)
    {
        DeleteTopicPermissions(topics);
        _users.Remove(name);
        foreach (string host in virtualHosts)
        {
            _grants.Remove((name, host));
        }

        return ++_index;
    }

    public ulong PutPermission(PermissionGrant grant)
    {
        _grants[(grant.User, grant.VirtualHost)] = grant;
        return ++_index;
    }

    public ulong DeletePermission(string user, string virtualHost)
    {
        _grants.Remove((user, virtualHost));
        return ++_index;
    }

    public ulong PutTopicPermission(TopicGrant grant)
    {
        _topics[(grant.User, grant.VirtualHost, grant.Exchange)] = grant;
        return ++_index;
    }

    public ulong DeleteTopicPermissions(IReadOnlyList<TopicGrant> grants)
    {
        foreach (TopicGrant grant in grants)
        {
            _topics.Remove((grant.User, grant.VirtualHost, grant.Exchange));
        }

        return ++_index;
    }
}
