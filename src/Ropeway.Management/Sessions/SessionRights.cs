using Ropeway.Core;
using Ropeway.Security;

namespace Ropeway.Management.Sessions;

/// <summary>The permissions of one user at a moment. Immutable.</summary>
/// <param name="Version">Of all permissions, when these were read.</param>
/// <param name="Grants">The user's permissions.</param>
/// <param name="Topics">The user's topic permissions.</param>
internal sealed record SessionRights(long Version, IReadOnlyList<PermissionGrant> Grants, IReadOnlyList<TopicGrant> Topics)
{
    /// <summary>Reads them.</summary>
    public static SessionRights Of(Broker broker, string user)
    {
        long version = broker.Permissions.Version; // First: what changes meanwhile is noticed the next time.
        return new SessionRights(
            version,
            [.. broker.Permissions.All.Where(grant => grant.User == user)],
            [.. broker.Permissions.Topics.All.Where(grant => grant.User == user)]);
    }

    /// <summary>
    /// Whether nothing of these was changed or taken away. Rights in a further virtual host, and a virtual host that is gone, do not count: an
    /// administrator makes and deletes virtual hosts without being signed out.
    /// </summary>
    public bool StillHold(Broker broker, SessionRights now)
    {
        bool IsThere(string host) => broker.VirtualHosts.TryGet(host, out _);
        return Grants.All(grant => !IsThere(grant.VirtualHost) || now.Grants.Contains(grant))
            && Topics.All(grant => !IsThere(grant.VirtualHost) || now.Topics.Contains(grant))
            && now.Topics.All(grant => Topics.Contains(grant) || Grants.All(old => old.VirtualHost != grant.VirtualHost)); // A topic permission only narrows.
    }
}
