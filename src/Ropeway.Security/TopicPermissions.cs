using System.Diagnostics.CodeAnalysis;

namespace Ropeway.Security;

/// <summary>
/// Which routing keys of topic exchanges users may use. A part of <see cref="Permissions"/>, whose version changes with it and whose gate guards changes; asking takes no lock.
/// </summary>
public sealed class TopicPermissions
{
    private readonly Permissions _permissions;
    private readonly Lock _gate;
    private readonly ICredentialStore _store;
    private readonly Action _onChanged;
    private Dictionary<(string User, string VirtualHost, string Exchange), CompiledTopicGrant> _grants; // Replaced, never changed.

    /// <summary>Loads the topic permissions.</summary>
    /// <exception cref="InvalidDataException">A stored expression is not valid.</exception>
    internal TopicPermissions(Permissions permissions, ICredentialStore store, Lock gate, Action onChanged)
    {
        _permissions = permissions;
        _store = store;
        _gate = gate;
        _onChanged = onChanged;
        _grants = [];
        foreach (TopicGrant grant in store.LoadTopicPermissions())
        {
            if (!TryCompile(grant, out CompiledTopicGrant? compiled, out string? problem))
            {
                throw new InvalidDataException($"The stored topic permission of user '{grant.User}' for vhost '{grant.VirtualHost}' is not valid: {problem}");
            }

            _grants[KeyOf(grant)] = compiled;
        }
    }

    /// <summary>All topic permissions at this moment.</summary>
    public IReadOnlyList<TopicGrant> All => [.. Volatile.Read(ref _grants).Values.Select(compiled => compiled.Grant)];

    /// <summary>Whether a user's keys of an exchange are restricted at all.</summary>
    public bool HasRules(User user, string virtualHost, string exchange) => Volatile.Read(ref _grants).ContainsKey((user.Name, virtualHost, exchange));

    /// <summary>Whether a user may use a routing key; true when nothing is said about the exchange.</summary>
    /// <param name="user">The user that logged in.</param>
    /// <param name="virtualHost">The virtual host that it entered.</param>
    /// <param name="operation"><see cref="AccessOperation.Write"/> to publish, <see cref="AccessOperation.Read"/> to bind.</param>
    /// <param name="exchange">A topic exchange.</param>
    /// <param name="routingKey">The key or pattern.</param>
    public bool Authorize(User user, string virtualHost, AccessOperation operation, string exchange, string routingKey) =>
        !Volatile.Read(ref _grants).TryGetValue((user.Name, virtualHost, exchange), out CompiledTopicGrant? grant) || grant.Allows(operation, routingKey);

    /// <summary>Restricts a user's keys of an exchange, in place of what was said about it.</summary>
    /// <param name="grant">The topic permission.</param>
    /// <param name="commitIndex">The index to wait for.</param>
    /// <param name="problem">Why an expression was refused; null when true is returned, or when the user or the virtual host is not there.</param>
    public bool TrySet(TopicGrant grant, out ulong commitIndex, out string? problem)
    {
        commitIndex = 0;
        if (!TryCompile(grant, out CompiledTopicGrant? compiled, out problem))
        {
            return false;
        }

        lock (_gate)
        {
            if (!_permissions.AreThere(grant.User, grant.VirtualHost))
            {
                return false;
            }

            commitIndex = _store.PutTopicPermission(grant);
            Replace(grants => grants[KeyOf(grant)] = compiled);
        }

        return true;
    }

    /// <summary>Lifts a user's restrictions in a virtual host.</summary>
    /// <param name="user">The user's name.</param>
    /// <param name="virtualHost">The virtual host's name.</param>
    /// <param name="exchange">Null for all exchanges.</param>
    /// <returns>The index to wait for; 0 when there were none.</returns>
    public ulong Clear(string user, string virtualHost, string? exchange)
    {
        lock (_gate)
        {
            TopicGrant[] cleared = Select(grant => grant.User == user && grant.VirtualHost == virtualHost && (exchange is null || grant.Exchange == exchange));
            if (cleared.Length == 0)
            {
                return 0;
            }

            ulong commitIndex = _store.DeleteTopicPermissions(cleared);
            Forget(cleared);
            return commitIndex;
        }
    }

    /// <summary>What is kept that fits; under the gate.</summary>
    internal TopicGrant[] Select(Func<TopicGrant, bool> fits) => [.. _grants.Values.Select(compiled => compiled.Grant).Where(fits)];

    /// <summary>Forgets what was deleted from the store; under the gate.</summary>
    internal void Forget(IReadOnlyList<TopicGrant> deleted)
    {
        if (deleted.Count > 0)
        {
            Replace(grants =>
            {
                foreach (TopicGrant grant in deleted)
                {
                    grants.Remove(KeyOf(grant));
                }
            });
        }
    }

    private static (string User, string VirtualHost, string Exchange) KeyOf(TopicGrant grant) => (grant.User, grant.VirtualHost, grant.Exchange);

    private static bool TryCompile(TopicGrant grant, [NotNullWhen(true)] out CompiledTopicGrant? compiled, [NotNullWhen(false)] out string? problem)
    {
        compiled = null;
        problem = null;
        if (Math.Max(grant.Write.Length, grant.Read.Length) > Permissions.PatternCharsMax)
        {
            problem = $"a regular expression is longer than {Permissions.PatternCharsMax} characters";
            return false;
        }

        try
        {
            compiled = new CompiledTopicGrant(grant);
            return true;
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            problem = fault.Message;
            return false;
        }
    }

    private void Replace(Action<Dictionary<(string User, string VirtualHost, string Exchange), CompiledTopicGrant>> change)
    {
        var grants = new Dictionary<(string User, string VirtualHost, string Exchange), CompiledTopicGrant>(_grants);
        change(grants);
        Volatile.Write(ref _grants, grants);
        _onChanged();
    }
}
