using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using Ropeway.Core.Deduplication;
using Ropeway.Core.Delays;
using Ropeway.Core.Limits;
using Ropeway.Core.Policies;
using Ropeway.Core.Queues;
using Ropeway.Core.Replies;
using Ropeway.Core.Resources;
using Ropeway.Core.Routing;
using Ropeway.Core.Statistics;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Topology;

/// <summary>
/// A tenant: its exchanges, queues and bindings. Any thread may call it. Changes are made one after the other under the host's gate;
/// looking up names and routing take no lock. What is durable survives a crash once the returned index is committed.
/// </summary>
/// <remarks>
/// Every change is applied in memory at once; its reply waits for the index. A refused operation changes nothing. The host's gate
/// comes before the gates of logs; never call a method that changes the host with a log's gate held.
/// </remarks>
public sealed class VirtualHost
{
    private readonly Lock _gate = new();
    private readonly TopologyIndex _index = new();
    private readonly ReadyWatch _readyWatch;
    private readonly List<ShelvedQueue> _shelved = []; // The oldest first.
    private ObjectCounters? _counters; // Made when there is something to count.
    private VirtualHostLimits _limits = VirtualHostLimits.None;
    private VirtualHostSettings _settings = VirtualHostSettings.None;
    private bool _deleted;

    internal VirtualHost(string name, IMetadataStore metadata, ILogs logs)
    {
        Name = name;
        Services = logs.Services;
        Writer = new TopologyWriter(this, _index, metadata, logs);
        Policies = new HostPolicies(this, metadata);
        _readyWatch = new ReadyWatch(this, logs.Services);
        DefaultExchange = Writer.AddPredeclared(string.Empty, ExchangeType.Direct, isInternal: false, new DefaultRouter(_index.QueueTable));
        Writer.AddPredeclared("amq.direct", ExchangeType.Direct);
        Writer.AddPredeclared("amq.fanout", ExchangeType.Fanout);
        Writer.AddPredeclared("amq.topic", ExchangeType.Topic);
        Writer.AddPredeclared("amq.headers", ExchangeType.Headers);
        Writer.AddPredeclared("amq.match", ExchangeType.Headers);
        Writer.AddPredeclared("amq.rabbitmq.trace", ExchangeType.Topic, isInternal: true);
    }

    /// <summary>The name, unique in the broker.</summary>
    public string Name { get; }

    /// <summary>The exchange without name.</summary>
    public Exchange DefaultExchange { get; }

    /// <summary>Who waits for direct replies.</summary>
    public DirectReplies DirectReplies { get; } = new();

    /// <summary>
    /// Changes after every change that can lead messages another way than before: of exchanges, of bindings, and when queues are
    /// deleted. Whoever caches what a routing key leads to takes the version before routing, and routes again when it has changed.
    /// </summary>
    public long TopologyVersion => Writer.Version;

    /// <summary>Settings for queues and exchanges by their names.</summary>
    public HostPolicies Policies { get; }

    /// <summary>What is kept of the host beside what is in it. Changed by <see cref="VirtualHosts.Put"/>.</summary>
    public VirtualHostSettings Settings
    {
        get => Volatile.Read(ref _settings);
        internal set => Volatile.Write(ref _settings, value);
    }

    /// <summary>What the host may have at once.</summary>
    public VirtualHostLimits Limits
    {
        get => Volatile.Read(ref _limits);
        private set
        {
            Volatile.Write(ref _limits, value);
            _readyWatch.LookNow();
        }
    }

    /// <summary>Whether those who publish in this host may go on, as far as it is up to the host.</summary>
    public Admission Admission { get; } = new();

    /// <summary>The messages that wait for their time; null when there never was one. Any thread.</summary>
    public DelayLog? Delays => Writer.Delays;

    /// <summary>What has happened to messages that came and went otherwise than over channels; null when there was none. Any thread.</summary>
    public ObjectCounters? Counters => Volatile.Read(ref _counters);

    /// <summary>Queues that are not here but count: those that a rehearsal has not copied.</summary>
    internal long QueuesElsewhere { get; set; }

    /// <summary>What everything in it needs of the world.</summary>
    internal QueueServices Services { get; }

    /// <summary>Makes the changes; under the host's gate, or before the host is used.</summary>
    internal TopologyWriter Writer { get; }

    /// <summary>Counts messages that come and go otherwise than over channels. Any thread.</summary>
    public ObjectCounters Count()
    {
        if (Counters is null)
        {
            Interlocked.CompareExchange(ref _counters, new ObjectCounters(this, this), comparand: null);
        }

        return _counters!;
    }

    /// <summary>Finds an exchange without a lock.</summary>
    public bool TryGetExchange(ReadOnlySpan<byte> nameUtf8, [NotNullWhen(true)] out Exchange? exchange) => _index.ExchangeTable.TryGet(nameUtf8, out exchange);

    /// <summary>Finds an exchange without a lock.</summary>
    public bool TryGetExchange(string name, [NotNullWhen(true)] out Exchange? exchange) => _index.ExchangeTable.TryGet(name, out exchange);

    /// <summary>Finds a queue without a lock. Whether its owner matters is the caller's concern.</summary>
    public bool TryGetQueue(ReadOnlySpan<byte> nameUtf8, [NotNullWhen(true)] out Queue? queue) => _index.QueueTable.TryGet(nameUtf8, out queue);

    /// <summary>Finds a queue without a lock. Whether its owner matters is the caller's concern.</summary>
    public bool TryGetQueue(string name, [NotNullWhen(true)] out Queue? queue) => _index.QueueTable.TryGet(name, out queue);

    /// <summary>Where messages wait for their time, made when it is not there yet. No log's gate may be held.</summary>
    /// <returns>False when the host is deleted.</returns>
    public bool TryEnsureDelays([NotNullWhen(true)] out DelayLog? delays)
    {
        delays = Delays;
        if (delays is not null)
        {
            return true;
        }

        lock (_gate)
        {
            delays = _deleted ? null : Writer.EnsureDelays();
            return delays is not null;
        }
    }

    /// <summary>Has exchanges hold a message of a batch back. Nothing happens without any, or when the host is deleted.</summary>
    /// <param name="batch">The batch; all of it is for this host.</param>
    /// <param name="index">The message.</param>
    /// <param name="exchanges">Each passes it on when its time has come.</param>
    /// <param name="dueMs">When that is, in milliseconds since the Unix epoch.</param>
    public void Delay(PublishBatch batch, int index, ReadOnlySpan<Exchange> exchanges, long dueMs)
    {
        if (exchanges.IsEmpty || !TryEnsureDelays(out DelayLog? delays))
        {
            return;
        }

        foreach (Exchange exchange in exchanges)
        {
            batch.Delay(index, delays, exchange, dueMs);
        }
    }

    /// <summary>Finds an exchange.</summary>
    /// <exception cref="RefusedException">There is none of that name.</exception>
    public Exchange GetExchange(string name)
    {
        if (!TryGetExchange(name, out Exchange? exchange))
        {
            RefusalTexts.ThrowNotFound(RefusalTexts.Exchange(name, Name));
        }

        return exchange;
    }

    /// <summary>Finds a queue for a connection that wants to use it.</summary>
    /// <param name="name">The name.</param>
    /// <param name="owner">The connection that asks.</param>
    /// <exception cref="RefusedException">There is none of that name, or it is another connection's own.</exception>
    public Queue GetQueue(string name, object? owner)
    {
        if (!TryGetQueue(name, out Queue? queue))
        {
            RefusalTexts.ThrowNotFound(RefusalTexts.Queue(name, Name));
        }

        DeclarationRules.CheckOwner(queue, owner);
        return queue;
    }

    /// <summary>Passive declaration: looks an exchange up and says what its reply has to wait for.</summary>
    /// <exception cref="RefusedException">There is none, or it is the default exchange.</exception>
    public DeclaredExchange CheckExchange(string name)
    {
        name = NameRules.Clean(name);
        DeclarationRules.CheckNotDefault(name);
        Exchange exchange = GetExchange(name);
        return new DeclaredExchange(exchange, Created: false, exchange.Durable ? LastIndex() : 0);
    }

    /// <summary>Passive declaration: looks a queue up and says what its reply has to wait for.</summary>
    /// <exception cref="RefusedException">As <see cref="GetQueue"/>.</exception>
    public DeclaredQueue CheckQueue(string name, object? owner)
    {
        Queue queue = GetQueue(NameRules.Clean(name), owner);
        queue.Touch();
        return new DeclaredQueue(queue, Created: false, queue.Settings.Durable ? LastIndex() : 0);
    }

    /// <summary>Declares an exchange: makes it, or checks that the one that exists is the same.</summary>
    /// <exception cref="RefusedException">The name is reserved, an argument is wrong, or another exchange has the name.</exception>
    public DeclaredExchange DeclareExchange(ExchangeSettings wanted)
    {
        wanted = wanted with { Name = NameRules.Clean(wanted.Name) };
        string resource = RefusalTexts.Exchange(wanted.Name, Name);
        DeclarationRules.CheckNotDefault(wanted.Name);
        NameRules.CheckBytes("exchange name", wanted.Name);
        lock (_gate)
        {
            CheckAlive();
            if (_index.FindExchange(wanted.Name) is { } current)
            {
                Equivalence.Check(current, wanted, resource);
                return new DeclaredExchange(current, Created: false, current.Durable ? Writer.LastIndex : 0);
            }

            NameRules.CheckReserved("exchange", wanted.Name);
            ExchangeArguments.Check(wanted, resource);
            return Writer.CreateExchange(wanted);
        }
    }

    /// <summary>Deletes an exchange with its bindings. Nothing happens when there is none.</summary>
    /// <param name="name">The name.</param>
    /// <param name="ifUnused">Only when it is not the source of a binding.</param>
    /// <returns>The index to wait for; 0 when nothing was journalled.</returns>
    /// <exception cref="RefusedException">It is in use, or one of the broker's own.</exception>
    public ulong DeleteExchange(string name, bool ifUnused)
    {
        name = NameRules.Clean(name);
        DeclarationRules.CheckNotDefault(name);
        if (name.StartsWith(NameRules.ReservedPrefix, StringComparison.Ordinal))
        {
            RefusalTexts.ThrowSystemExchange(RefusalTexts.Exchange(name, Name));
        }

        lock (_gate)
        {
            if (_index.FindExchange(name) is not { } exchange)
            {
                return Writer.LastIndex;
            }

            if (ifUnused && exchange.Outgoing.Count > 0)
            {
                RefusalTexts.ThrowInUse(RefusalTexts.Exchange(name, Name));
            }

            return Writer.Remove(exchange);
        }
    }

    /// <summary>Declares a queue: makes it, or checks that the one that exists is the same.</summary>
    /// <param name="wanted">With an empty name the broker chooses one. An exclusive queue needs its owner.</param>
    /// <exception cref="RefusedException">The name is reserved, an argument is wrong or not supported, another queue has the name, or it is another connection's own.</exception>
    public DeclaredQueue DeclareQueue(QueueSettings wanted)
    {
        Debug.Assert(wanted.Exclusive == wanted.Owner is not null, "Exclusive queues have an owner, others have none.");
        wanted = wanted with { Name = NameRules.Clean(wanted.Name), Durable = wanted.Durable && !wanted.Exclusive };
        NameRules.CheckReserved("queue", wanted.Name);
        NameRules.CheckBytes("queue name", wanted.Name);
        lock (_gate)
        {
            CheckAlive();
            if (wanted.Name.Length == 0)
            {
                wanted = wanted with { Name = _index.ChooseQueueName() };
            }

            string resource = RefusalTexts.Queue(wanted.Name, Name);
            Queue? current = _index.FindQueue(wanted.Name);
            wanted = Settings.Complete(wanted, current);
            if (current is not null)
            {
                Equivalence.Check(current, wanted, resource);
                current.Touch();
                Services.Churn.OnQueueDeclared(isNew: false);
                return new DeclaredQueue(current, Created: false, wanted.Durable ? Writer.LastIndex : 0);
            }

            CheckQueueLimit(wanted.Name);
            QueueArguments.Check(wanted, resource);
            Services.Churn.OnQueueDeclared(isNew: true);
            return Writer.CreateQueue(wanted);
        }
    }

    /// <summary>Deletes a queue with its bindings and messages. Nothing happens when there is none.</summary>
    /// <param name="name">The name.</param>
    /// <param name="owner">The connection that asks.</param>
    /// <param name="ifUnused">Only when it has no consumer.</param>
    /// <param name="ifEmpty">Only when it has no message.</param>
    /// <exception cref="RefusedException">A condition does not hold, or it is another connection's own.</exception>
    public DeletedQueue DeleteQueue(string name, object? owner, bool ifUnused, bool ifEmpty)
    {
        name = NameRules.Clean(name);
        Queue? queue;
        DeletedQueue deleted;
        lock (_gate)
        {
            queue = _index.FindQueue(name);
            if (queue is null)
            {
                return new DeletedQueue(0, Writer.LastIndex);
            }

            DeclarationRules.CheckOwner(queue, owner);
            long messageCount = CloseForDeletion(queue, ifUnused, ifEmpty);
            deleted = new DeletedQueue(messageCount, Writer.Remove([queue]));
        }

        Writer.Bury([queue]);
        return deleted;
    }

    /// <summary>Deletes a queue so that it can come back with its messages and bindings for <see cref="ShelvedQueue.Time"/>, or until the broker stops.</summary>
    /// <param name="name">The queue.</param>
    /// <param name="ifUnused">Only when it has no consumer.</param>
    /// <param name="ifEmpty">Only when it has no message.</param>
    /// <param name="shelved">What brings it back.</param>
    /// <exception cref="RefusedException">There is none, a condition does not hold, or it is a connection's own.</exception>
    public DeletedQueue ShelveQueue(string name, bool ifUnused, bool ifEmpty, out ShelvedQueue shelved)
    {
        DeletedQueue deleted;
        lock (_gate)
        {
            Queue queue = GetQueue(name, owner: null);
            long messageCount = CloseForDeletion(queue, ifUnused, ifEmpty);
            shelved = Writer.Shelve(queue, out ulong commitIndex);
            deleted = new DeletedQueue(messageCount, commitIndex);
            _shelved.Add(shelved);
            if (_shelved.Count > ShelvedQueue.CountMax)
            {
                Discard(_shelved[0]);
            }

            Services.Deadlines.Set(shelved, Services.Deadlines.NowMs + (long)ShelvedQueue.Time.TotalMilliseconds);
        }

        shelved.Former.OnDeleted();
        return deleted;
    }

    /// <summary>Brings a queue back. Its messages are at their old places, flagged as redelivered; those that consumers had are among them.</summary>
    /// <param name="shelved">Of this host.</param>
    /// <param name="index">The commit index to wait for; 0 when there is none.</param>
    /// <exception cref="RefusedException">The host has as many queues as it may have.</exception>
    public UndoStatus Unshelve(ShelvedQueue shelved, out ulong index)
    {
        index = 0;
        lock (_gate)
        {
            if (!_shelved.Contains(shelved))
            {
                return UndoStatus.TooLate;
            }

            if (_index.FindQueue(shelved.Former.Name) is not null)
            {
                return UndoStatus.NameTaken;
            }

            lock (shelved.Former.Log.Gate)
            {
                if (shelved.Former.Log.SettlingCount > 0)
                {
                    return UndoStatus.InUse;
                }
            }

            CheckQueueLimit(shelved.Former.Name);
            _shelved.Remove(shelved);
            Services.Deadlines.Cancel(shelved);
            index = Writer.Unshelve(shelved);
            return UndoStatus.Done;
        }
    }

    /// <summary>A shelved queue cannot come back any more. Nothing happens when it has.</summary>
    internal void Discard(ShelvedQueue shelved)
    {
        lock (_gate)
        {
            if (_shelved.Remove(shelved))
            {
                Services.Deadlines.Cancel(shelved);
                Writer.Discard(shelved);
            }
        }
    }

    /// <summary>
    /// Has a queue give no messages away, to consumers or to those who fetch, until it is to go on. Publishers, acknowledgements, expiry and
    /// dead-lettering go on. It survives a restart when the queue does.
    /// </summary>
    /// <param name="name">The queue.</param>
    /// <param name="pause">Who wants that and why; null to go on.</param>
    /// <returns>The index to wait for; 0 when nothing was journalled.</returns>
    /// <exception cref="RefusedException">There is no queue of that name, or it is a connection's own.</exception>
    public ulong PauseQueue(string name, QueuePause? pause)
    {
        lock (_gate)
        {
            Queue queue = GetQueue(name, owner: null);
            return (pause ?? queue.Paused) is null ? 0 : Writer.Pause(queue, pause);
        }
    }

    /// <summary>Deletes an auto-delete queue whose last consumer has gone. Called by the queue, without its gate; nothing happens when a consumer came meanwhile.</summary>
    /// <returns>The index of the deletion; 0 when nothing was journalled.</returns>
    public ulong DeleteUnused(Queue queue)
    {
        ulong commitIndex;
        lock (_gate)
        {
            if (!queue.Settings.AutoDelete
                || !ReferenceEquals(_index.FindQueue(queue.Name), queue)
                || queue.TryClose(ifUnused: true, ifEmpty: false, out _) != QueueCloseStatus.Closed)
            {
                return 0;
            }

            commitIndex = Writer.Remove([queue]);
        }

        Writer.Bury([queue]);
        return commitIndex;
    }

    /// <summary>Deletes a queue that nobody has used for longer than it is to stay. Called without any gate; nothing happens when it came into use meanwhile.</summary>
    /// <returns>False when it is still there.</returns>
    internal bool DeleteExpired(Queue queue)
    {
        lock (_gate)
        {
            if (!queue.TryCloseExpired())
            {
                return false;
            }

            Writer.Remove([queue]);
        }

        Writer.Bury([queue]);
        return true;
    }

    /// <summary>Deletes the exclusive queues of a connection that has gone.</summary>
    public void DeleteOwned(object owner)
    {
        Queue[] queues;
        lock (_gate)
        {
            queues = _index.OwnedBy(owner);
            if (queues.Length == 0)
            {
                return;
            }

            Writer.Remove(queues);
        }

        Writer.Bury(queues);
    }

    /// <summary>Binds a queue to an exchange. Nothing happens when the same binding exists.</summary>
    /// <param name="source">The exchange.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="routingKey">The key or pattern, possibly empty.</param>
    /// <param name="arguments">Null when there are none.</param>
    /// <param name="owner">The connection that asks.</param>
    /// <returns>The index to wait for; 0 when nothing was journalled.</returns>
    /// <exception cref="RefusedException">One end is missing, is the default exchange or another connection's own, or an argument is wrong.</exception>
    public ulong BindQueue(string source, string queue, string routingKey, FieldTable? arguments, object? owner)
    {
        DeclarationRules.CheckNotDefault(source);
        Exchange exchange;
        Queue destination;
        ulong commitIndex;
        bool isNew;
        lock (_gate)
        {
            exchange = GetExchange(source);
            destination = GetQueue(queue, owner);
            CheckAlive();
            DeclarationRules.CheckBinding(exchange, routingKey, arguments);
            commitIndex = Writer.Bind(exchange, destination, routingKey, arguments, out isNew);
        }

        // Behind the binding: what is published meanwhile may come twice, but nothing is missing.
        return isNew && exchange.Router is RecentHistoryRouter recent ? Math.Max(commitIndex, recent.History.Replay(destination)) : commitIndex;
    }

    /// <summary>Binds an exchange to an exchange. Nothing happens when the same binding exists.</summary>
    /// <param name="source">Where messages come from.</param>
    /// <param name="destination">Where they go.</param>
    /// <param name="routingKey">The key or pattern, possibly empty.</param>
    /// <param name="arguments">Null when there are none.</param>
    /// <returns>The index to wait for; 0 when nothing was journalled.</returns>
    /// <exception cref="RefusedException">One end is missing or is the default exchange, or an argument is wrong.</exception>
    public ulong BindExchange(string source, string destination, string routingKey, FieldTable? arguments)
    {
        DeclarationRules.CheckNotDefault(source);
        DeclarationRules.CheckNotDefault(destination);
        lock (_gate)
        {
            Exchange exchange = GetExchange(source);
            Exchange target = GetExchange(destination);
            CheckAlive();
            DeclarationRules.CheckBinding(exchange, routingKey, arguments);
            return Writer.Bind(exchange, target, routingKey, arguments, out _);
        }
    }

    /// <summary>Removes a binding of a queue. Nothing happens when there is none.</summary>
    /// <param name="source">The exchange.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="routingKey">The key or pattern.</param>
    /// <param name="arguments">Null when there are none.</param>
    /// <param name="owner">The connection that asks.</param>
    /// <returns>The index to wait for; 0 when nothing was journalled.</returns>
    /// <exception cref="RefusedException">The source is the default exchange, or the queue is another connection's own.</exception>
    public ulong UnbindQueue(string source, string queue, string routingKey, FieldTable? arguments, object? owner)
    {
        DeclarationRules.CheckNotDefault(source);
        lock (_gate)
        {
            if (_index.FindQueue(queue) is not { } destination)
            {
                return Writer.LastIndex;
            }

            DeclarationRules.CheckOwner(destination, owner);
            return Writer.Unbind(source, destination, routingKey, arguments);
        }
    }

    /// <summary>Removes a binding of an exchange. Nothing happens when there is none.</summary>
    /// <param name="source">Where messages come from.</param>
    /// <param name="destination">Where they go.</param>
    /// <param name="routingKey">The key or pattern.</param>
    /// <param name="arguments">Null when there are none.</param>
    /// <returns>The index to wait for; 0 when nothing was journalled.</returns>
    /// <exception cref="RefusedException">One end is the default exchange.</exception>
    public ulong UnbindExchange(string source, string destination, string routingKey, FieldTable? arguments)
    {
        DeclarationRules.CheckNotDefault(source);
        DeclarationRules.CheckNotDefault(destination);
        lock (_gate)
        {
            return _index.FindExchange(destination) is { } exchange ? Writer.Unbind(source, exchange, routingKey, arguments) : Writer.LastIndex;
        }
    }

    /// <summary>How many exchanges there are, the default exchange included.</summary>
    public int ExchangeCount
    {
        get
        {
            lock (_gate)
            {
                return _index.ExchangeTable.Count;
            }
        }
    }

    /// <summary>How many queues there are.</summary>
    public int QueueCount
    {
        get
        {
            lock (_gate)
            {
                return _index.QueueTable.Count;
            }
        }
    }

    /// <summary>The exchanges at this moment, the default exchange included.</summary>
    public IReadOnlyList<Exchange> ListExchanges()
    {
        lock (_gate)
        {
            return [.. _index.Exchanges];
        }
    }

    /// <summary>The queues at this moment.</summary>
    public IReadOnlyList<Queue> ListQueues()
    {
        lock (_gate)
        {
            return [.. _index.Queues];
        }
    }

    /// <summary>The bindings at this moment, without those of the default exchange.</summary>
    public IReadOnlyList<Binding> ListBindings()
    {
        lock (_gate)
        {
            return [.. _index.Bindings];
        }
    }

    /// <summary>Some bindings of one exchange at this moment.</summary>
    /// <param name="source">The exchange.</param>
    /// <param name="countMax">Most that are listed.</param>
    /// <param name="except">Bindings that are not listed.</param>
    /// <param name="count">How many the exchange has, these included.</param>
    internal IReadOnlyList<Binding> ListBindings(Exchange source, int countMax, IReadOnlySet<Binding> except, out int count)
    {
        lock (_gate)
        {
            count = source.Outgoing.Count;
            return [.. source.Outgoing.Where(binding => !except.Contains(binding)).Take(countMax)];
        }
    }

    /// <summary>Changes one limit; what there is already stays.</summary>
    /// <param name="name">See <see cref="VirtualHostLimits"/>.</param>
    /// <param name="value">The new limit; null to have none.</param>
    /// <returns>The index to wait for.</returns>
    /// <exception cref="RefusedException">There is no limit of that name, or the host is deleted.</exception>
    public ulong SetLimit(string name, long? value)
    {
        lock (_gate)
        {
            return Store(Limits.With(name, value));
        }
    }

    /// <summary>Changes all limits; what there is already stays.</summary>
    /// <returns>The index to wait for.</returns>
    /// <exception cref="RefusedException">The host is deleted.</exception>
    public ulong SetLimits(VirtualHostLimits limits)
    {
        lock (_gate)
        {
            return Store(limits);
        }
    }

    /// <summary>Puts back limits that were stored.</summary>
    internal void Restore(VirtualHostLimits limits) => Limits = limits;

    /// <summary>Puts other policies in place; see <see cref="TopologyWriter.ReplacePolicies"/>.</summary>
    /// <exception cref="RefusedException">The host is deleted.</exception>
    internal ulong ReplacePolicies(PolicySet policies, TopologyChange change, out Queue[] queues, out Exchange[] exchanges)
    {
        lock (_gate)
        {
            CheckAlive();
            return Writer.ReplacePolicies(policies, change, out queues, out exchanges);
        }
    }

    /// <summary>Has a queue drop duplicates by another rule from now on; nothing happens when it is deleted.</summary>
    /// <returns>The index to wait for; 0 when nothing was journalled.</returns>
    internal ulong Deduplicate(SharedQueue queue, DeduplicationRule? rule)
    {
        lock (_gate)
        {
            return ReferenceEquals(_index.FindQueue(queue.Name), queue) ? Writer.Deduplicate(queue, rule) : 0;
        }
    }

    /// <summary>Deletes everything in the host, which can be changed no more. <see cref="TopologyWriter.Bury"/> follows.</summary>
    /// <param name="queues">The queues that were in it.</param>
    /// <returns>The index to wait for; 0 when nothing was journalled.</returns>
    internal ulong DeleteContent(out Queue[] queues)
    {
        lock (_gate)
        {
            _deleted = true;
            Limits = VirtualHostLimits.None;
            queues = [.. _index.Queues];
            foreach (ShelvedQueue shelved in _shelved)
            {
                Services.Deadlines.Cancel(shelved);
                Writer.Discard(shelved);
            }

            _shelved.Clear();
            return Writer.RemoveAll(queues);
        }
    }

    private ulong Store(VirtualHostLimits limits)
    {
        CheckAlive();
        ulong commitIndex = Writer.StoreLimits(limits);
        Limits = limits;
        return commitIndex;
    }

    private void CheckQueueLimit(string name)
    {
        if (Limits.QueuesMax is >= 0 and long queuesMax && _index.QueueTable.Count + QueuesElsewhere >= queuesMax)
        {
            RefusalTexts.ThrowQueueLimit(name, Name, queuesMax);
        }
    }

    /// <returns>The ready messages in it.</returns>
    private long CloseForDeletion(Queue queue, bool ifUnused, bool ifEmpty)
    {
        switch (queue.TryClose(ifUnused, ifEmpty, out long messageCount))
        {
            case QueueCloseStatus.InUse:
                RefusalTexts.ThrowInUse(RefusalTexts.Queue(queue.Name, Name));
                break;
            case QueueCloseStatus.NotEmpty:
                RefusalTexts.ThrowNotEmpty(RefusalTexts.Queue(queue.Name, Name));
                break;
        }

        return messageCount;
    }

    private void CheckAlive()
    {
        if (_deleted)
        {
            RefusalTexts.ThrowNoVirtualHost(Name);
        }
    }

    private ulong LastIndex()
    {
        lock (_gate)
        {
            return Writer.LastIndex;
        }
    }
}
