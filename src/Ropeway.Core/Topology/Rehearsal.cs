using System.Diagnostics.CodeAnalysis;
using Ropeway.Core.Policies;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Security;

namespace Ropeway.Core.Topology;

/// <summary>
/// A copy of a part of the definitions that is changed without any effect, to find out what would be refused. Holds all users and virtual hosts, with their
/// settings, limits and policies, and those exchanges and queues that were asked for. One thread at a time.
/// </summary>
public sealed class Rehearsal : IDisposable
{
    private readonly Definitions _original;
    private readonly RehearsalLogs _logs;

    internal Rehearsal(Definitions original, ILogs logs)
    {
        _original = original;
        _logs = new RehearsalLogs(logs);
        Definitions = Definitions.Open(new RehearsalMetadata(), _logs, firstStart: null, logs.Services.Logger);
        foreach (User user in original.Users.All)
        {
            Definitions.Users.Put(new StoredUser(user, null));
        }

        foreach (VirtualHost host in original.VirtualHosts.All)
        {
            Copy(host);
        }
    }

    /// <summary>The copy.</summary>
    public Definitions Definitions { get; }

    /// <summary>Copies an exchange; nothing happens when there is none, or it is there.</summary>
    public void CopyExchange(string host, string name)
    {
        name = NameRules.Clean(name);
        if (TryFind(host, out VirtualHost? from, out VirtualHost? to) && from.TryGetExchange(name, out Exchange? exchange) && !to.TryGetExchange(name, out _))
        {
            to.Writer.Restore(exchange.Settings);
        }
    }

    /// <summary>Copies a queue; nothing happens when there is none, or it is there.</summary>
    public void CopyQueue(string host, string name)
    {
        name = NameRules.Clean(name);
        if (TryFind(host, out VirtualHost? from, out VirtualHost? to) && from.TryGetQueue(name, out Queue? queue) && !to.TryGetQueue(name, out _))
        {
            to.Writer.Restore(queue.Settings, logId: 0, idLogId: 0);
            to.QueuesElsewhere--;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (VirtualHost host in Definitions.VirtualHosts.All)
        {
            foreach (Queue queue in host.ListQueues())
            {
                queue.OnDeleted();
            }
        }

        _logs.Dispose();
    }

    private void Copy(VirtualHost from)
    {
        VirtualHost to = Definitions.VirtualHosts.Add(from.Name, from.Settings);
        foreach (Policy policy in from.Policies.List(PolicyKind.User).Concat(from.Policies.List(PolicyKind.Operator)))
        {
            to.Writer.Restore(policy);
        }

        to.Restore(from.Limits);
        to.QueuesElsewhere = from.ListQueues().Count;
    }

    private bool TryFind(string name, [NotNullWhen(true)] out VirtualHost? from, [NotNullWhen(true)] out VirtualHost? to)
    {
        to = null;
        return _original.VirtualHosts.TryGet(name, out from) && Definitions.VirtualHosts.TryGet(name, out to);
    }
}
