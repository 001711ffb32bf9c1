using Ropeway.Core.Deduplication;
using Ropeway.Core.Delays;
using Ropeway.Core.Limits;
using Ropeway.Core.Policies;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Streams;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Topology;

/// <summary>
/// Makes the changes of one virtual host, in the journal and then in memory. The host has checked them and holds its gate, but for
/// <see cref="Bury"/>.
/// </summary>
/// <param name="host">The host.</param>
/// <param name="index">What it holds.</param>
/// <param name="metadata">Where durable changes go.</param>
/// <param name="logs">Where queues get their logs from.</param>
internal sealed class TopologyWriter(VirtualHost host, TopologyIndex index, IMetadataStore metadata, ILogs logs)
{
    private long _version;
    private PolicySet _policies = PolicySet.Empty;
    private DelayLog? _delays;

    /// <summary>See <see cref="VirtualHost.TopologyVersion"/>. Any thread.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>The policies for what is declared from now on. Any thread.</summary>
    public PolicySet Policies => Volatile.Read(ref _policies);

    /// <summary>The delayed messages; null when there never was one. Any thread.</summary>
    public DelayLog? Delays => Volatile.Read(ref _delays);

    /// <summary>The index of the last change that was journalled.</summary>
    public ulong LastIndex { get; private set; }

    /// <summary>Adds an exchange that every host has.</summary>
    public Exchange AddPredeclared(string name, ExchangeType type, bool isInternal = false, Router? router = null)
    {
        var settings = new ExchangeSettings(name, type, Durable: true, AutoDelete: false, isInternal, Arguments: null);
        var exchange = new Exchange(host, settings, router ?? Router.Create(settings));
        index.Add(exchange);
        return exchange;
    }

    /// <summary>Puts back a policy that was stored, before anything else: only what every host has is there.</summary>
    public void Restore(Policy policy)
    {
        Volatile.Write(ref _policies, _policies.With(policy));
        foreach (Exchange exchange in index.Exchanges)
        {
            exchange.Apply(_policies.Find(exchange));
        }
    }

    /// <summary>Puts back an exchange that was stored.</summary>
    public void Restore(ExchangeSettings settings) => index.Add(Make(settings));

    /// <summary>Puts back a queue that was stored.</summary>
    /// <param name="settings">What it was declared with.</param>
    /// <param name="logId">Its messages.</param>
    /// <param name="idLogId">The ids that it has had; null when it kept none.</param>
    /// <returns>False when it keeps no ids any more: a crash came between the change of a policy and what follows from it.</returns>
    public bool Restore(QueueSettings settings, ulong logId, ulong? idLogId)
    {
        EffectiveArguments effective = EffectiveOf(settings);
        if (effective.Deduplication is not null && idLogId is null)
        {
            var change = new TopologyChange(metadata);
            idLogId = AddIdLog(settings, change);
            change.Apply();
        }

        index.Add(Make(settings, effective, logs.Open(logId), idLogId));
        return effective.Deduplication is not null;
    }

    /// <summary>Puts back the log of delayed messages that was stored.</summary>
    public void RestoreDelays(ulong logId) => Volatile.Write(ref _delays, new DelayLog(host, logs.Open(logId), logs.Services));

    /// <summary>Makes the log of delayed messages unless it is there. What is appended to it is durable after it is.</summary>
    public DelayLog EnsureDelays()
    {
        if (_delays is null)
        {
            ulong logId = metadata.AllocateLogId();
            var change = new TopologyChange(metadata);
            change.CreateLog(logId);
            change.Put(StoredEntry.DelayLogKey(host.Name), StoredEntry.LogValue(logId));
            change.Apply();
            RestoreDelays(logId);
        }

        return _delays!;
    }

    /// <summary>Puts back a binding that was stored.</summary>
    /// <returns>False when one of its ends is missing.</returns>
    public bool TryRestore(StoredBinding stored)
    {
        IDestination? destination = stored.ToQueue ? index.FindQueue(stored.Destination) : index.FindExchange(stored.Destination);
        if (destination is null || index.FindExchange(stored.Source) is not { } source)
        {
            return false;
        }

        new Binding(source, destination, stored.RoutingKey, stored.Arguments).Connect();
        return true;
    }

    /// <summary>Makes an exchange whose name is free.</summary>
    public DeclaredExchange CreateExchange(ExchangeSettings settings)
    {
        ulong commitIndex = 0;
        if (settings.Durable)
        {
            var change = new TopologyChange(metadata);
            change.Put(StoredEntry.ExchangeKey(host.Name, settings.Name), StoredEntry.ExchangeValue(settings));
            commitIndex = change.Apply();
        }

        Exchange exchange = Make(settings);
        index.Add(exchange);
        return new DeclaredExchange(exchange, Created: true, Changed(commitIndex));
    }

    /// <summary>Makes a queue whose name is free.</summary>
    public DeclaredQueue CreateQueue(QueueSettings settings)
    {
        EffectiveArguments effective = EffectiveOf(settings);
        StoredLog log;
        ulong commitIndex = 0;
        ulong? idLogId = null;
        if (settings.Durable)
        {
            ulong logId = metadata.AllocateLogId();
            var change = new TopologyChange(metadata);
            idLogId = effective.Deduplication is null ? null : AddIdLog(settings, change);
            change.CreateLog(logId);
            change.Put(StoredEntry.QueueKey(host.Name, settings.Name), StoredEntry.QueueValue(settings, logId));
            commitIndex = change.Apply();
            log = logs.Open(logId);
        }
        else
        {
            log = logs.CreateTransient();
        }

        Queue queue = Make(settings, effective, log, idLogId);
        index.Add(queue);
        LastIndex = Math.Max(LastIndex, commitIndex);
        return new DeclaredQueue(queue, Created: true, commitIndex); // No known way leads to it: the version stays.
    }

    /// <summary>Has a queue drop duplicates by another rule from now on; null for none.</summary>
    /// <returns>The index to wait for; 0 when nothing was journalled.</returns>
    public ulong Deduplicate(SharedQueue queue, DeduplicationRule? rule)
    {
        var change = new TopologyChange(metadata);
        if (queue.SeenIds is not { } seen)
        {
            if (rule is not null)
            {
                ulong? idLogId = queue.Settings.Durable ? AddIdLog(queue.Settings, change) : null;
                LastIndex = Math.Max(LastIndex, change.Apply());
                queue.SeenIds = OpenSeenIds(rule, idLogId);
            }
        }
        else if (rule is not null)
        {
            seen.Apply(rule);
        }
        else
        {
            queue.SeenIds = null;
            seen.Close();
            if (seen.LogId is { } idLogId)
            {
                change.Delete(StoredEntry.IdLogKey(host.Name, queue.Name));
                change.DeleteLog(idLogId);
            }
        }

        LastIndex = Math.Max(LastIndex, change.Apply());
        return LastIndex;
    }

    /// <summary>Has a queue give no messages away, or give them away again.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="pause">Who wants that and why; null to go on.</param>
    /// <returns>The index to wait for; 0 when nothing was journalled.</returns>
    public ulong Pause(Queue queue, QueuePause? pause)
    {
        ulong commitIndex = 0;
        if (queue.Settings.Durable)
        {
            var change = new TopologyChange(metadata);
            byte[] key = StoredPause.Key(host.Name, queue.Name);
            if (pause is not null)
            {
                change.Put(key, StoredPause.Value(pause));
            }
            else
            {
                change.Delete(key);
            }

            commitIndex = change.Apply();
            LastIndex = Math.Max(LastIndex, commitIndex);
        }

        queue.Pause(pause);
        return commitIndex;
    }

    /// <summary>Puts other policies in place, for what is declared from now on, and lists what was declared before.</summary>
    public ulong ReplacePolicies(PolicySet policies, TopologyChange change, out Queue[] queues, out Exchange[] exchanges)
    {
        ulong commitIndex = change.Apply();
        LastIndex = Math.Max(LastIndex, commitIndex);
        Volatile.Write(ref _policies, policies);
        queues = [.. index.Queues];
        exchanges = [.. index.Exchanges];
        return commitIndex;
    }

    /// <summary>Journals the host's limits.</summary>
    public ulong StoreLimits(VirtualHostLimits limits)
    {
        var change = new TopologyChange(metadata);
        StoredLimits.Write(change, host.Name, limits);
        LastIndex = Math.Max(LastIndex, change.Apply());
        return LastIndex;
    }

    /// <summary>Messages may go other ways although nothing was declared or deleted. Any thread.</summary>
    public void ForgetWays() => Interlocked.Increment(ref _version);

    /// <summary>Removes an exchange with its bindings.</summary>
    public ulong Remove(Exchange exchange)
    {
        var removal = new Removal(host.Name, index);
        removal.Add(exchange);
        return Changed(removal.Apply(metadata));
    }

    /// <summary>Removes queues with their bindings; they are closed if they are not yet. <see cref="Bury"/> follows.</summary>
    public ulong Remove(ReadOnlySpan<Queue> queues)
    {
        logs.Services.Churn.OnQueuesDeleted(queues.Length);
        var removal = new Removal(host.Name, index);
        foreach (Queue queue in queues)
        {
            queue.TryClose(ifUnused: false, ifEmpty: false, out _);
            (queue as SharedQueue)?.SeenIds?.Close();
            removal.Add(queue);
        }

        return Changed(removal.Apply(metadata));
    }

    /// <summary>Removes a queue that is closed, with its bindings; its messages stay. <see cref="Queue.OnDeleted"/> follows.</summary>
    public ShelvedQueue Shelve(Queue queue, out ulong commitIndex)
    {
        logs.Services.Churn.OnQueuesDeleted(1);
        var removal = new Removal(host.Name, index) { IsShelving = true };
        removal.Add(queue);
        commitIndex = Changed(removal.Apply(metadata));
        return new ShelvedQueue(queue, removal.Exchanges, removal.Bindings);
    }

    /// <summary>Brings a queue back whose name is free, with what went with it as far as that is not there again. What binds it to something that is gone is left out.</summary>
    /// <returns>The index to wait for; 0 when nothing was journalled.</returns>
    public ulong Unshelve(ShelvedQueue shelved)
    {
        Queue former = shelved.Former;
        QueueSettings settings = former.Settings;
        var change = new TopologyChange(metadata);
        if (settings.Durable)
        {
            change.Delete(StoredEntry.ShelvedQueueKey(host.Name, settings.Name, former.Log.Id));
            change.Put(StoredEntry.QueueKey(host.Name, settings.Name), StoredEntry.QueueValue(settings, former.Log.Id));
        }

        EffectiveArguments effective = EffectiveOf(settings);
        ulong? idLogId = settings.Durable && effective.Deduplication is not null ? AddIdLog(settings, change) : null;
        ulong commitIndex = change.Apply();
        lock (former.Log.Gate)
        {
            former.Log.CountAllAsDelivered();
        }

        Queue queue = Make(settings, effective, former.Log, idLogId, former as StreamQueue);
        index.Add(queue);
        lock (former.Log.Gate)
        {
            queue.Count().NoteChange(); // Those who watch queues see it again.
        }

        logs.Services.Churn.OnQueueDeclared(isNew: true);
        if (former.Paused is { } pause)
        {
            commitIndex = Math.Max(commitIndex, Pause(queue, pause));
        }

        foreach (Exchange exchange in shelved.Exchanges.Where(exchange => index.FindExchange(exchange.Name) is null))
        {
            commitIndex = Math.Max(commitIndex, CreateExchange(exchange.Settings).CommitIndex);
        }

        foreach (Binding binding in shelved.Bindings)
        {
            IDestination? destination = ReferenceEquals(binding.Destination, former) ? queue : index.FindExchange(binding.Destination.Name);
            if (destination is not null && index.FindExchange(binding.Source.Name) is { } source)
            {
                commitIndex = Math.Max(commitIndex, Bind(source, destination, binding.RoutingKey, binding.Arguments, out _));
            }
        }

        return Changed(commitIndex);
    }

    /// <summary>Deletes the messages of a shelved queue.</summary>
    /// <returns>The index to wait for; 0 when nothing was journalled.</returns>
    public ulong Discard(ShelvedQueue shelved)
    {
        Queue former = shelved.Former;
        var change = new TopologyChange(metadata);
        if (former.Settings.Durable)
        {
            change.Delete(StoredEntry.ShelvedQueueKey(host.Name, former.Name, former.Log.Id));
            change.DeleteLog(former.Log.Id);
        }
        else
        {
            logs.DeleteTransient(former.Log);
        }

        return Changed(change.Apply());
    }

    /// <summary>Removes everything. <see cref="Bury"/> follows.</summary>
    public ulong RemoveAll(ReadOnlySpan<Queue> queues)
    {
        ulong commitIndex = Remove(queues);
        var removal = new Removal(host.Name, index);
        foreach (Exchange exchange in index.Exchanges)
        {
            removal.Add(exchange);
        }

        commitIndex = Math.Max(commitIndex, Changed(removal.Apply(metadata)));
        return Math.Max(commitIndex, RemoveDelays());
    }

    /// <summary>Adds a binding; nothing happens when it is there.</summary>
    public ulong Bind(Exchange source, IDestination destination, string routingKey, FieldTable? arguments, out bool isNew)
    {
        var binding = new Binding(source, destination, routingKey, arguments);
        isNew = !source.Outgoing.Contains(binding);
        if (!isNew)
        {
            return binding.Durable ? LastIndex : 0;
        }

        ulong commitIndex = 0;
        if (binding.Durable)
        {
            var change = new TopologyChange(metadata);
            change.Put(BindingKey.Encode(host.Name, binding), StoredEntry.BindingValue(arguments));
            commitIndex = change.Apply();
        }

        binding.Connect();
        return Changed(commitIndex);
    }

    /// <summary>Removes a binding; nothing happens when it is not there.</summary>
    public ulong Unbind(string source, IDestination destination, string routingKey, FieldTable? arguments)
    {
        if (index.FindExchange(source) is not { } exchange
            || !exchange.Outgoing.TryGetValue(new Binding(exchange, destination, routingKey, arguments), out Binding? binding))
        {
            return LastIndex;
        }

        var removal = new Removal(host.Name, index);
        removal.Add(binding);
        return Changed(removal.Apply(metadata));
    }

    /// <summary>What is left to do for removed queues, without the host's gate.</summary>
    public void Bury(ReadOnlySpan<Queue> queues)
    {
        foreach (Queue queue in queues)
        {
            queue.OnDeleted();
            if (!queue.Settings.Durable)
            {
                logs.DeleteTransient(queue.Log);
            }
        }
    }

    private Exchange Make(ExchangeSettings settings)
    {
        var exchange = new Exchange(host, settings, Router.Create(settings));
        exchange.Apply(Policies.Find(exchange));
        return exchange;
    }

    private EffectiveArguments EffectiveOf(QueueSettings settings) => Policies.Find(settings) is { IsNone: false } found
        ? Policies.GetArguments(settings, found)
        : EffectiveArguments.From(settings);

    /// <param name="settings">What it was declared with.</param>
    /// <param name="effective">What these and the policies come to.</param>
    /// <param name="log">Its messages.</param>
    /// <param name="idLogId">The ids that it has had; null when it keeps none.</param>
    /// <param name="former">The stream that had this log before, which knows where its messages are; null for another queue and at a start.</param>
    private Queue Make(QueueSettings settings, EffectiveArguments effective, StoredLog log, ulong? idLogId, StreamQueue? former = null)
    {
        Queue queue = effective.QueueType == QueueType.Stream
            ? new StreamQueue(host, settings, log, former)
            : new SharedQueue(host, settings, log) { SeenIds = effective.Deduplication is { } rule ? OpenSeenIds(rule, idLogId) : null };
        queue.Apply(effective);
        return queue;
    }

    private SeenIds OpenSeenIds(DeduplicationRule rule, ulong? idLogId) => new(rule, idLogId is { } id ? logs.Open(id) : null, logs.Services);

    /// <summary>Makes the log of the ids that a durable queue has had.</summary>
    private ulong AddIdLog(QueueSettings settings, TopologyChange change)
    {
        ulong id = metadata.AllocateLogId();
        change.CreateLog(id);
        change.Put(StoredEntry.IdLogKey(host.Name, settings.Name), StoredEntry.LogValue(id));
        return id;
    }

    private ulong RemoveDelays()
    {
        var change = new TopologyChange(metadata);
        if (_delays is { } delays)
        {
            delays.Close();
            change.Delete(StoredEntry.DelayLogKey(host.Name));
            change.DeleteLog(delays.LogId);
        }

        return change.Apply();
    }

    private ulong Changed(ulong commitIndex)
    {
        LastIndex = Math.Max(LastIndex, commitIndex);
        Interlocked.Increment(ref _version);
        return commitIndex;
    }
}
