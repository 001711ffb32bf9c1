using Microsoft.Extensions.Logging;
using Ropeway.Core.Limits;
using Ropeway.Core.Queues;
using Ropeway.Core.Timing;
using Ropeway.Security;
using Ropeway.Storage;

namespace Ropeway.Core.Topology;

/// <summary>
/// Everything that is defined rather than sent: virtual hosts with their exchanges, queues and bindings, users and permissions.
/// Loaded from the store once at start.
/// </summary>
public sealed class Definitions
{
    private readonly ILogs _logs;

    private Definitions(VirtualHosts virtualHosts, UserDirectory users, LimitsOfUsers limitsOfUsers, Permissions permissions, ILogs logs)
    {
        _logs = logs;
        VirtualHosts = virtualHosts;
        Users = users;
        LimitsOfUsers = limitsOfUsers;
        Permissions = permissions;
    }

    /// <summary>The virtual hosts.</summary>
    public VirtualHosts VirtualHosts { get; }

    /// <summary>The users.</summary>
    public UserDirectory Users { get; }

    /// <summary>What users may have open at once.</summary>
    public LimitsOfUsers LimitsOfUsers { get; }

    /// <summary>Who may do what.</summary>
    public Permissions Permissions { get; }

    /// <summary>What operators keep for the broker as a whole.</summary>
    public required GlobalParameters GlobalParameters { get; init; }

    /// <summary>What all queues share.</summary>
    internal QueueServices Services => _logs.Services;

    /// <summary>A copy that is changed without any effect, without exchanges and queues.</summary>
    /// <returns>To be disposed by the caller.</returns>
    public Rehearsal Rehearse() => new(this, _logs);

    /// <summary>Loads the definitions of a store; in an empty one makes what the first start needs.</summary>
    /// <param name="store">The store, recovered.</param>
    /// <param name="options">Those of the broker.</param>
    /// <param name="deadlines">Started by the caller when everything is there.</param>
    /// <exception cref="StoreException">A definition cannot be read; nothing was changed.</exception>
    public static Definitions Open(Store store, BrokerOptions options, Deadlines deadlines) =>
        Open(store.Metadata, new StoreLogs(store, options.Time, deadlines, options.Chance, options.Logger, options.Pool), options.FirstStart, options.Logger);

    internal static Definitions Open(IMetadataStore metadata, ILogs logs, FirstStart? firstStart, ILogger logger)
    {
        StoredDefinitions stored = StoredDefinitions.Read(metadata.Snapshot());
        Permissions permissions;
        UserDirectory users;
        try
        {
            var credentials = new MetadataCredentialStore(metadata, stored);
            permissions = new Permissions(credentials);
            users = new UserDirectory(credentials, permissions);
        }
        catch (InvalidDataException fault)
        {
            throw new StoreException(StoreFault.Damaged, fault.Message, fault);
        }

        var hosts = new VirtualHosts(metadata, logs, new PermissionCleanup(permissions));
        var limitsOfUsers = new LimitsOfUsers(metadata, users);
        stored.Restore(hosts, users, limitsOfUsers, metadata, logger);
        if (!stored.IsStarted && firstStart is not null)
        {
            if (users.All.Count == 0)
            {
                Seed(firstStart, hosts, users, permissions);
            }

            var change = new TopologyChange(metadata);
            change.Put(StoredEntry.StartedKey(), StoredEntry.EmptyValue());
            change.Apply();
        }

        permissions.AreThere = (user, host) => users.TryGet(user, out _) && hosts.TryGet(host, out _);
        var parameters = new GlobalParameters(metadata);
        foreach ((string name, byte[] json) in stored.Parameters)
        {
            parameters.Restore(name, json);
        }

        return new Definitions(hosts, users, limitsOfUsers, permissions, logs) { GlobalParameters = parameters };
    }

    private static void Seed(FirstStart firstStart, VirtualHosts hosts, UserDirectory users, Permissions permissions)
    {
        hosts.Create(firstStart.VirtualHost, out _);
        permissions.TrySet(new PermissionGrant(firstStart.User, firstStart.VirtualHost, ".*", ".*", ".*"), out _, out _);
        users.Put(firstStart.User, firstStart.Password, [UserTags.Administrator]); // Last: when the user is there after a crash, everything is.
    }

    private sealed class PermissionCleanup(Permissions permissions) : IVirtualHostObserver
    {
        public IReadOnlyList<byte[]> OnDeleting(string host)
        {
            IReadOnlyList<string> users = permissions.ForgetVirtualHost(host, out IReadOnlyList<TopicGrant> topics);
            return [.. users.Select(user => StoredCredentials.PermissionKey(user, host)), .. topics.Select(StoredCredentials.TopicPermissionKey)];
        }
    }
}
