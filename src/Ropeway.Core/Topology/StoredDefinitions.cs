using Microsoft.Extensions.Logging;
using Ropeway.Core.Policies;
using Ropeway.Core.Queues;
using Ropeway.Security;
using Ropeway.Storage;

namespace Ropeway.Core.Topology;

/// <summary>The stored definitions, read and sorted but not yet brought to life. Used once, at start.</summary>
internal sealed class StoredDefinitions
{
    private readonly List<string> _hosts = [];
    private readonly List<(byte[] Key, string Host, Policy Policy)> _policies = [];
    private readonly List<(byte[] Key, string Host, ExchangeSettings Settings)> _exchanges = [];
    private readonly List<(byte[] Key, string Host, QueueSettings Settings, ulong LogId)> _queues = [];
    private readonly List<(byte[] Key, StoredBinding Binding)> _bindings = [];
    private readonly List<StoredUser> _users = [];
    private readonly List<PermissionGrant> _grants = [];
    private readonly List<TopicGrant> _topics = [];

    private StoredDefinitions()
    {
    }

    /// <summary>False in a store whose first start was not completed.</summary>
    public bool IsStarted { get; private set; }

    /// <summary>The users.</summary>
    public IReadOnlyList<StoredUser> Users => _users;

    /// <summary>The permissions.</summary>
    public IReadOnlyList<PermissionGrant> Grants => _grants;

    /// <summary>The topic permissions.</summary>
    public IReadOnlyList<TopicGrant> Topics => _topics;

    /// <summary>Reads all entries.</summary>
    /// <exception cref="StoreException">An entry is of an unknown kind or version, or cannot be read.</exception>
    public static StoredDefinitions Read(IReadOnlyList<KeyValuePair<byte[], byte[]>> entries)
    {
        var stored = new StoredDefinitions();
        foreach ((byte[] key, byte[] value) in entries)
        {
            try
            {
                stored.Read(key, value);
            }
            catch (InvalidDataException fault)
            {
                throw new StoreException(StoreFault.Damaged, fault.Message, fault);
            }
        }

        return stored;
    }

    /// <summary>Brings the virtual hosts to life, and removes what belongs to an object that is not there: leftovers of a deletion in several steps.</summary>
    public void Restore(VirtualHosts hosts, IMetadataStore metadata, ILogger logger)
    {
        var leftovers = new TopologyChange(metadata);
        int leftoverCount = 0;
        foreach (string host in _hosts)
        {
            hosts.Add(host);
        }

        foreach ((byte[] key, string name, Policy policy) in _policies)
        {
            if (hosts.TryGet(name, out VirtualHost? host))
            {
                host.Writer.Restore(policy);
            }
            else
            {
                leftovers.Delete(key);
                leftoverCount++;
            }
        }

        foreach ((byte[] key, string name, ExchangeSettings settings) in _exchanges)
        {
            if (hosts.TryGet(name, out VirtualHost? host))
            {
                host.Writer.Restore(settings);
            }
            else
            {
                leftovers.Delete(key);
                leftoverCount++;
            }
        }

        foreach ((byte[] key, string name, QueueSettings settings, ulong logId) in _queues)
        {
            if (hosts.TryGet(name, out VirtualHost? host))
            {
                host.Writer.Restore(settings, logId);
            }
            else
            {
                leftovers.Delete(key);
                leftovers.DeleteLog(logId);
                leftoverCount++;
            }
        }

        foreach ((byte[] key, StoredBinding binding) in _bindings)
        {
            if (!hosts.TryGet(binding.Host, out VirtualHost? host) || !host.Writer.TryRestore(binding, key))
            {
                leftovers.Delete(key);
                leftoverCount++;
            }
        }

        if (leftoverCount > 0)
        {
            leftovers.Apply();
            TopologyLog.LeftoversRemoved(logger, leftoverCount);
        }
    }

    private void Read(byte[] key, byte[] value)
    {
        var keyReader = new EntryReader(key);
        var valueReader = new EntryReader(value);
        var kind = (StoredEntryKind)keyReader.Byte();
        switch (kind)
        {
            case StoredEntryKind.Started:
                IsStarted = true;
                break;
            case StoredEntryKind.VirtualHost:
                valueReader.Version(StoredEntry.Version);
                _hosts.Add(keyReader.Text());
                break;
            case StoredEntryKind.Exchange:
                (string exchangeHost, ExchangeSettings exchange) = StoredEntry.ReadExchange(keyReader, valueReader);
                _exchanges.Add((key, exchangeHost, exchange));
                break;
            case StoredEntryKind.Queue:
                (string queueHost, QueueSettings queue, ulong logId) = StoredEntry.ReadQueue(keyReader, valueReader);
                _queues.Add((key, queueHost, queue, logId));
                break;
            case StoredEntryKind.Binding:
                _bindings.Add((key, StoredEntry.ReadBinding(keyReader, valueReader)));
                break;
            case StoredEntryKind.Policy:
                (string policyHost, Policy policy) = StoredPolicy.Read(keyReader, valueReader);
                _policies.Add((key, policyHost, policy));
                break;
            case StoredEntryKind.User:
                _users.Add(StoredCredentials.ReadUser(keyReader, valueReader));
                break;
            case StoredEntryKind.Permission:
                _grants.Add(StoredCredentials.ReadPermission(keyReader, valueReader));
                break;
            case StoredEntryKind.TopicPermission:
                _topics.Add(StoredCredentials.ReadTopicPermission(keyReader, valueReader));
                break;
            default:
                throw new InvalidDataException($"A stored definition is of the unknown kind {(byte)kind}: was it written by a newer release?");
        }
    }
}
