using System.Diagnostics.CodeAnalysis;

namespace Ropeway.Security;

/// <summary>
/// Who may do what in which virtual host: the one place where any protocol asks. Any thread may call it; asking takes no lock.
/// </summary>
public sealed class Permissions
{
    /// <summary>Longest expression in characters.</summary>
    public const int PatternCharsMax = 4096;

    private const string DefaultExchangeName = "amq.default";

    private readonly Lock _gate = new();
    private readonly ICredentialStore _store;
    private Dictionary<(string User, string VirtualHost), CompiledGrant> _grants; // Replaced, never changed.
    private long _version;

    /// <summary>Loads the permissions.</summary>
    /// <exception cref="InvalidDataException">A stored expression is not valid.</exception>
    public Permissions(ICredentialStore store)
    {
        _store = store;
        _grants = [];
        foreach (PermissionGrant grant in store.LoadPermissions())
        {
            if (!TryCompile(grant, out CompiledGrant? compiled, out string? problem))
            {
                throw new InvalidDataException($"The stored permission of user '{grant.User}' for vhost '{grant.VirtualHost}' is not valid: {problem}");
            }

            _grants[(grant.User, grant.VirtualHost)] = compiled;
        }

        Topics = new TopicPermissions(this, store, _gate, () => Interlocked.Increment(ref _version));
    }

    /// <summary>
    /// Whether a user and a virtual host, by their names, are there. Asked under the gate that the deletion of either takes, so that no permission
    /// outlives them; takes no lock. Until it is set, all are there.
    /// </summary>
    public Func<string, string, bool> AreThere { get; set; } = static (_, _) => true;

    /// <summary>Which routing keys of topic exchanges users may use.</summary>
    public TopicPermissions Topics { get; }

    /// <summary>Changes with every change of permissions, topic permissions included: whoever keeps decisions compares it.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>All permissions at this moment.</summary>
    public IReadOnlyList<PermissionGrant> All => [.. Volatile.Read(ref _grants).Values.Select(compiled => compiled.Grant)];

    /// <summary>Whether a user may enter a virtual host at all.</summary>
    public bool CanEnter(User user, string virtualHost) => Volatile.Read(ref _grants).ContainsKey((user.Name, virtualHost));

    /// <summary>Whether a user may do something with a queue or an exchange.</summary>
    /// <param name="user">The user that logged in.</param>
    /// <param name="virtualHost">The virtual host that it entered.</param>
    /// <param name="operation">What it wants to do.</param>
    /// <param name="resource">The queue's or exchange's name; empty for the default exchange.</param>
    public bool Authorize(User user, string virtualHost, AccessOperation operation, string resource) =>
        Volatile.Read(ref _grants).TryGetValue((user.Name, virtualHost), out CompiledGrant? grant)
        && grant.Allows(operation, resource.Length == 0 ? DefaultExchangeName : resource);

    /// <summary>Gives a user permissions in a virtual host, in place of those it has there.</summary>
    /// <param name="grant">The permissions.</param>
    /// <param name="commitIndex">The index to wait for.</param>
    /// <param name="problem">Why an expression was refused; null when true is returned, or when the user or the virtual host is not there.</param>
    public bool TrySet(PermissionGrant grant, out ulong commitIndex, out string? problem)
    {
        commitIndex = 0;
        if (!TryCompile(grant, out CompiledGrant? compiled, out problem))
        {
            return false;
        }

        lock (_gate)
        {
            if (!AreThere(grant.User, grant.VirtualHost))
            {
                return false;
            }

            commitIndex = _store.PutPermission(grant);
            Replace(grants => grants[(grant.User, grant.VirtualHost)] = compiled);
        }

        return true;
    }

    /// <summary>Takes a user's permissions in a virtual host away.</summary>
    /// <returns>The index to wait for; 0 when there were none.</returns>
    public ulong Clear(string user, string virtualHost)
    {
        lock (_gate)
        {
            if (!_grants.ContainsKey((user, virtualHost)))
            {
                return 0;
            }

            ulong commitIndex = _store.DeletePermission(user, virtualHost);
            Replace(grants => grants.Remove((user, virtualHost)));
            return commitIndex;
        }
    }

    /// <summary>Forgets the permissions for a virtual host that is not there any more; whoever deletes it removes them from the store as well.</summary>
    /// <param name="virtualHost">Its name.</param>
    /// <param name="topics">The topic permissions that were forgotten.</param>
    /// <returns>The users that had permissions there.</returns>
    public IReadOnlyList<string> ForgetVirtualHost(string virtualHost, out IReadOnlyList<TopicGrant> topics)
    {
        lock (_gate)
        {
            topics = Topics.Select(grant => grant.VirtualHost == virtualHost);
            Topics.Forget(topics);
            string[] users = [.. _grants.Keys.Where(key => key.VirtualHost == virtualHost).Select(key => key.User)];
            Replace(grants =>
            {
                foreach (string user in users)
                {
                    grants.Remove((user, virtualHost));
                }
            });
            return users;
        }
    }

    /// <summary>Forgets a user that is deleted.</summary>
    /// <param name="user">The user's name.</param>
    /// <param name="delete">Deletes it from the store together with the permissions for the virtual hosts and the topic permissions that it is given; from then on it is not there.</param>
    internal ulong ForgetUser(string user, Func<IReadOnlyList<string>, IReadOnlyList<TopicGrant>, ulong> delete)
    {
        lock (_gate)
        {
            string[] hosts = [.. _grants.Keys.Where(key => key.User == user).Select(key => key.VirtualHost)];
            TopicGrant[] topics = Topics.Select(grant => grant.User == user);
            ulong commitIndex = delete(hosts, topics);
            Topics.Forget(topics);
            Replace(grants =>
            {
                foreach (string host in hosts)
                {
                    grants.Remove((user, host));
                }
            });
            return commitIndex;
        }
    }

    private static bool TryCompile(PermissionGrant grant, [NotNullWhen(true)] out CompiledGrant? compiled, [NotNullWhen(false)] out string? problem)
    {
        compiled = null;
        problem = null;
        if (Math.Max(grant.Configure.Length, Math.Max(grant.Write.Length, grant.Read.Length)) > PatternCharsMax)
        {
            problem = $"a regular expression is longer than {PatternCharsMax} characters";
            return false;
        }

        try
        {
            compiled = new CompiledGrant(grant);
            return true;
        }
        catch (ArgumentException fault)
        {
            problem = fault.Message;
        }
        catch (NotSupportedException fault)
        {
            problem = fault.Message;
        }

        return false;
    }

    private void Replace(Action<Dictionary<(string User, string VirtualHost), CompiledGrant>> change)
    {
        var grants = new Dictionary<(string User, string VirtualHost), CompiledGrant>(_grants);
        change(grants);
        Volatile.Write(ref _grants, grants);
        Interlocked.Increment(ref _version);
    }
}
