using System.Diagnostics.CodeAnalysis;
using System.Text;
using Ropeway.Core.Limits;
using Ropeway.Core.Policies;
using Ropeway.Core.Queues;
using Ropeway.Storage;

namespace Ropeway.Core.Topology;

/// <summary>The virtual hosts of the broker. Any thread may call it; looking up takes no lock.</summary>
public sealed class VirtualHosts
{
    private readonly Lock _gate = new();
    private readonly IMetadataStore _metadata;
    private readonly ILogs _logs;
    private readonly IVirtualHostObserver _observer;
    private Dictionary<string, VirtualHost> _hosts = new(StringComparer.Ordinal); // Replaced, never changed.

    internal VirtualHosts(IMetadataStore metadata, ILogs logs, IVirtualHostObserver observer)
    {
        _metadata = metadata;
        _logs = logs;
        _observer = observer;
    }

    /// <summary>The virtual hosts at this moment.</summary>
    public IReadOnlyCollection<VirtualHost> All => Volatile.Read(ref _hosts).Values;

    /// <summary>Finds a virtual host.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out VirtualHost? host) => Volatile.Read(ref _hosts).TryGetValue(name, out host);

    /// <summary>Makes a virtual host; nothing happens when there is one of that name.</summary>
    /// <param name="name">Not empty, at most 255 bytes of UTF-8.</param>
    /// <param name="host">The virtual host.</param>
    /// <returns>The index to wait for; 0 when it was there before.</returns>
    /// <exception cref="RefusedException">The name is empty or too long.</exception>
    public ulong Create(string name, out VirtualHost host)
    {
        CheckName(name);
        lock (_gate)
        {
            if (_hosts.TryGetValue(name, out VirtualHost? current))
            {
                host = current;
                return 0;
            }

            ulong commitIndex = Store(name, VirtualHostSettings.None);
            host = Add(name, VirtualHostSettings.None);
            return commitIndex;
        }
    }

    /// <summary>Makes a virtual host, or changes the settings of the one of that name.</summary>
    /// <param name="name">Not empty, at most 255 bytes of UTF-8.</param>
    /// <param name="settings">All its settings.</param>
    /// <param name="isNew">False when it was there before.</param>
    /// <returns>The index to wait for.</returns>
    /// <exception cref="RefusedException">The name is empty or too long.</exception>
    public ulong Put(string name, VirtualHostSettings settings, out bool isNew)
    {
        CheckName(name);
        lock (_gate)
        {
            isNew = !_hosts.TryGetValue(name, out VirtualHost? host);
            ulong commitIndex = Store(name, settings);
            if (host is null)
            {
                Add(name, settings);
            }
            else
            {
                host.Settings = settings;
            }

            return commitIndex;
        }
    }

    /// <summary>Deletes a virtual host with everything in it and the permissions for it. Its connections are closed by the caller.</summary>
    /// <returns>The index to wait for.</returns>
    /// <exception cref="RefusedException">There is none of that name.</exception>
    public ulong Delete(string name)
    {
        VirtualHost? host;
        ulong commitIndex;
        Queue[] queues;
        lock (_gate)
        {
            if (!_hosts.TryGetValue(name, out host))
            {
                RefusalTexts.ThrowNoVirtualHost(name);
            }

            var hosts = new Dictionary<string, VirtualHost>(_hosts, StringComparer.Ordinal);
            hosts.Remove(name);
            Volatile.Write(ref _hosts, hosts); // Before the permissions for it are forgotten: it gets no new ones.
            var change = new TopologyChange(_metadata);
            change.Delete(StoredEntry.VirtualHostKey(name)); // First: whatever is left without it is removed at the next start.
            foreach (byte[] permission in _observer.OnDeleting(name))
            {
                change.Delete(permission);
            }

            StoredLimits.Write(change, name, VirtualHostLimits.None);

            // What a policy change that is under way writes behind this is left over, and removed at the next start.
            foreach (Policy policy in host.Policies.List(PolicyKind.User).Concat(host.Policies.List(PolicyKind.Operator)))
            {
                change.Delete(StoredPolicy.Key(name, policy.Kind, policy.Name));
            }

            commitIndex = change.Apply();
            commitIndex = Math.Max(commitIndex, host.DeleteContent(out queues)); // Under the gate: the name must not be used again before.
        }

        host.Writer.Bury(queues);
        return commitIndex;
    }

    /// <summary>Adds a virtual host in memory.</summary>
    internal VirtualHost Add(string name, VirtualHostSettings settings)
    {
        var host = new VirtualHost(name, _metadata, _logs) { Settings = settings };
        Volatile.Write(ref _hosts, new Dictionary<string, VirtualHost>(_hosts, StringComparer.Ordinal) { [name] = host });
        return host;
    }

    private static void CheckName(string name)
    {
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > NameRules.NameBytesMax)
        {
            RefusalTexts.ThrowVirtualHostName($"a vhost name holds 1 to {NameRules.NameBytesMax} bytes");
        }
    }

    private ulong Store(string name, VirtualHostSettings settings)
    {
        var change = new TopologyChange(_metadata);
        change.Put(StoredEntry.VirtualHostKey(name), StoredEntry.VirtualHostValue(settings));
        return change.Apply();
    }
}
