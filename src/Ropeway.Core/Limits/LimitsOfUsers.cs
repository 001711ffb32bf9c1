using System.Collections.Immutable;
using Ropeway.Core.Topology;
using Ropeway.Security;
using Ropeway.Storage;

namespace Ropeway.Core.Limits;

/// <summary>The limits of all users that have any. Any thread may call it; looking up takes no lock. Changes are durable once the returned index is committed.</summary>
public sealed class LimitsOfUsers
{
    private readonly Lock _gate = new();
    private readonly IMetadataStore _metadata;
    private readonly UserDirectory _users;
    private ImmutableDictionary<string, UserLimits> _limits = ImmutableDictionary<string, UserLimits>.Empty.WithComparers(StringComparer.Ordinal);

    internal LimitsOfUsers(IMetadataStore metadata, UserDirectory users)
    {
        _metadata = metadata;
        _users = users;
    }

    /// <summary>The users with limits at this moment.</summary>
    public IReadOnlyDictionary<string, UserLimits> All => Volatile.Read(ref _limits);

    /// <summary>A user's limits.</summary>
    public UserLimits Get(string user) => Volatile.Read(ref _limits).GetValueOrDefault(user, UserLimits.None);

    /// <summary>Changes one limit of a user; connections and channels that are open stay.</summary>
    /// <param name="user">The user.</param>
    /// <param name="name">See <see cref="UserLimits"/>.</param>
    /// <param name="value">The new limit; null to have none.</param>
    /// <returns>The index to wait for.</returns>
    /// <exception cref="RefusedException">There is no such user, or no limit of that name.</exception>
    public ulong Set(string user, string name, long? value)
    {
        lock (_gate)
        {
            if (!_users.TryGet(user, out _))
            {
                RefusalTexts.ThrowNoUser(user);
            }

            return Store(user, Get(user).With(name, value));
        }
    }

    /// <summary>Forgets a user's limits.</summary>
    /// <returns>The index to wait for; 0 when it had none.</returns>
    public ulong Clear(string user)
    {
        lock (_gate)
        {
            return _limits.ContainsKey(user) ? Store(user, UserLimits.None) : 0;
        }
    }

    /// <summary>Puts back limits that were stored.</summary>
    internal void Restore(string user, UserLimits limits) => _limits = _limits.SetItem(user, limits);

    private ulong Store(string user, UserLimits limits)
    {
        var change = new TopologyChange(_metadata);
        StoredLimits.Write(change, user, limits);
        ulong commitIndex = change.Apply();
        Volatile.Write(ref _limits, limits == UserLimits.None ? _limits.Remove(user) : _limits.SetItem(user, limits));
        return commitIndex;
    }
}
