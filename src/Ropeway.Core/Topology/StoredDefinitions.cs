using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;
using Ropeway.Core.Limits;
using Ropeway.Core.Policies;
using Ropeway.Core.Queues;
using Ropeway.Security;
using Ropeway.Storage;

namespace Ropeway.Core.Topology;

/// <summary>The stored definitions, read and sorted but not yet brought to life. Used once, at start.</summary>
internal sealed class StoredDefinitions
{
    private readonly List<(string Name, VirtualHostSettings Settings)> _hosts = [];
    private readonly List<(byte[] Key, string Host, Policy Policy)> _policies = [];
    private readonly List<(byte[] Key, string Host, VirtualHostLimits Limits)> _hostLimits = [];
    private readonly List<(byte[] Key, string User, UserLimits Limits)> _userLimits = [];
    private readonly List<(byte[] Key, string Host, ExchangeSettings Settings)> _exchanges = [];
    private readonly List<(byte[] Key, string Host, QueueSettings Settings, ulong LogId)> _queues = [];
    private readonly List<(byte[] Key, StoredBinding Binding)> _bindings = [];
    private readonly List<(byte[] Key, string Host, ulong LogId)> _delayLogs = [];
    private readonly Dictionary<(string Host, string Queue), (byte[] Key, ulong LogId)> _idLogs = [];
    private readonly List<(string Name, byte[] Json)> _parameters = [];
    private readonly List<(byte[] Key, string Host, string Queue, QueuePause Pause)> _pauses = [];
    private readonly List<(byte[] Key, ulong LogId)> _shelved = [];
    private readonly List<StoredUser> _users = [];
    private readonly List<PermissionGrant> _grants = [];
    private readonly List<TopicGrant> _topics = [];
    private int _leftoverCount;

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

    /// <summary>The global parameters.</summary>
    public IReadOnlyList<(string Name, byte[] Json)> Parameters => _parameters;

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
    public void Restore(VirtualHosts hosts, UserDirectory users, LimitsOfUsers limitsOfUsers, IMetadataStore metadata, ILogger logger)
    {
        foreach ((string name, VirtualHostSettings settings) in _hosts)
        {
            hosts.Add(name, settings);
        }

        var leftovers = new TopologyChange(metadata);
        RestoreRules(hosts, leftovers);
        RestoreTopology(hosts, leftovers);
        RestoreHiddenLogs(hosts, leftovers);
        foreach ((byte[] key, string user, UserLimits limits) in _userLimits)
        {
            if (users.TryGet(user, out _))
            {
                limitsOfUsers.Restore(user, limits);
            }
            else
            {
                Remove(key, leftovers);
            }
        }

        foreach ((byte[] key, ulong logId) in _shelved)
        {
            leftovers.Delete(key); // Nobody knows any more how to bring it back.
            leftovers.DeleteLog(logId);
        }

        leftovers.Apply();
        if (_leftoverCount > 0)
        {
            TopologyLog.LeftoversRemoved(logger, _leftoverCount);
        }
    }

    /// <summary>What decides about exchanges and queues, so before them.</summary>
    private void RestoreRules(VirtualHosts hosts, TopologyChange leftovers)
    {
        foreach ((byte[] key, string name, VirtualHostLimits limits) in _hostLimits)
        {
            if (TryGetHost(hosts, name, key, leftovers, out VirtualHost? host))
            {
                host.Restore(limits);
            }
        }

        foreach ((byte[] key, string name, Policy policy) in _policies)
        {
            if (TryGetHost(hosts, name, key, leftovers, out VirtualHost? host))
            {
                host.Writer.Restore(policy);
            }
        }
    }

    private void RestoreTopology(VirtualHosts hosts, TopologyChange leftovers)
    {
        foreach ((byte[] key, string name, ExchangeSettings settings) in _exchanges)
        {
            if (TryGetHost(hosts, name, key, leftovers, out VirtualHost? host))
            {
                host.Writer.Restore(settings);
            }
        }

        foreach ((byte[] key, string name, QueueSettings settings, ulong logId) in _queues)
        {
            if (TryGetHost(hosts, name, key, leftovers, out VirtualHost? host))
            {
                bool hasIds = _idLogs.TryGetValue((name, settings.Name), out (byte[] Key, ulong LogId) ids);
                if (host.Writer.Restore(settings, logId, hasIds ? ids.LogId : null))
                {
                    _idLogs.Remove((name, settings.Name));
                }
            }
            else
            {
                leftovers.DeleteLog(logId);
            }
        }

        foreach ((byte[] key, string name, string queueName, QueuePause pause) in _pauses)
        {
            if (!TryGetHost(hosts, name, key, leftovers, out VirtualHost? host))
            {
                continue;
            }

            if (host.TryGetQueue(queueName, out Queue? queue))
            {
                queue.Pause(pause);
            }
            else
            {
                Remove(key, leftovers);
            }
        }

        foreach ((byte[] key, StoredBinding binding) in _bindings)
        {
            if (TryGetHost(hosts, binding.Host, key, leftovers, out VirtualHost? host) && !host.Writer.TryRestore(binding))
            {
                Remove(key, leftovers);
            }
        }
    }

    /// <summary>After the queues, which have taken theirs.</summary>
    private void RestoreHiddenLogs(VirtualHosts hosts, TopologyChange leftovers)
    {
        foreach ((byte[] key, ulong logId) in _idLogs.Values)
        {
            Remove(key, leftovers);
            leftovers.DeleteLog(logId);
        }

        foreach ((byte[] key, string name, ulong logId) in _delayLogs)
        {
            if (TryGetHost(hosts, name, key, leftovers, out VirtualHost? host))
            {
                host.Writer.RestoreDelays(logId);
            }
            else
            {
                leftovers.DeleteLog(logId);
            }
        }
    }

    private bool TryGetHost(VirtualHosts hosts, string name, byte[] key, TopologyChange leftovers, [NotNullWhen(true)] out VirtualHost? host)
    {
        if (hosts.TryGet(name, out host))
        {
            return true;
        }

        Remove(key, leftovers);
        return false;
    }

    private void Remove(byte[] key, TopologyChange leftovers)
    {
        leftovers.Delete(key);
        _leftoverCount++;
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
                _hosts.Add(StoredEntry.ReadVirtualHost(keyReader, valueReader));
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
            case StoredEntryKind.VirtualHostLimits:
                (string limitedHost, VirtualHostLimits hostLimits) = StoredLimits.ReadVirtualHost(keyReader, valueReader);
                _hostLimits.Add((key, limitedHost, hostLimits));
                break;
            case StoredEntryKind.UserLimits:
                (string limitedUser, UserLimits userLimits) = StoredLimits.ReadUser(keyReader, valueReader);
                _userLimits.Add((key, limitedUser, userLimits));
                break;
            case StoredEntryKind.QueuePause:
                (string pausedHost, string pausedQueue, QueuePause pause) = StoredPause.Read(keyReader, valueReader);
                _pauses.Add((key, pausedHost, pausedQueue, pause));
                break;
            case StoredEntryKind.ShelvedQueue:
                _shelved.Add((key, StoredEntry.ReadShelvedQueue(keyReader, valueReader).LogId));
                break;
            case StoredEntryKind.DelayLog:
                (string delayHost, ulong delayLogId) = StoredEntry.ReadDelayLog(keyReader, valueReader);
                _delayLogs.Add((key, delayHost, delayLogId));
                break;
            case StoredEntryKind.IdLog:
                (string idHost, string idQueue, ulong idLogId) = StoredEntry.ReadIdLog(keyReader, valueReader);
                _idLogs.Add((idHost, idQueue), (key, idLogId));
                break;
            case StoredEntryKind.GlobalParameter:
                _parameters.Add(GlobalParameters.Read(keyReader, valueReader));
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
