using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using Ropeway.Buffers;
using Ropeway.Core.Delays;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Messages;
using Ropeway.Simulation.Model;
using Ropeway.Simulation.Steps;

namespace Ropeway.Simulation.Clients;

/// <summary>Clients that publish: alone, in batches, in transactions, with bodies in files of their own.</summary>
internal sealed class Publishers(World world, Consumers consumers)
{
    private const int BodyBytesMax = 5000;
    private const byte HeadersFlag = 0x20; // In the first byte,
    private const byte MessageIdFlag = 0x80; // in the second.
    private const int GroupCount = 2;

    private readonly PublishBatch _batch = new();
    private readonly RouteResult _route = new();
    private readonly List<(Task<ulong> Writing, long Id, string Queue, byte[] Body)> _writing = [];

    private DispatchBatch Dispatch => DispatchBatch.Begin();

    public void Enter()
    {
        _batch.Clear();
        _writing.Clear();
    }

    public void Do(int dice)
    {
        if (world.Machine.Broker.Durability.CongestionReason is not null)
        {
            world.Coverage.Count("publishers wait");
            return;
        }

        switch (dice)
        {
            case < 5:
                Publish(QueueKind.Work);
                break;
            case < 7:
                Publish(QueueKind.Grouped);
                break;
            case < 9:
                PublishUnique();
                break;
            case < 11:
                Publish(QueueKind.Patient);
                break;
            case < 14:
                Publish(QueueKind.Stream);
                break;
            case < 18:
                Publish(QueueKind.Ranked);
                break;
            case < 24:
                Publish(QueueKind.Plain);
                break;
            case < 26:
                Publish(QueueKind.Brief);
                break;
            case < 28:
                PublishLate();
                break;
            case < 31:
                BeginLarge();
                break;
            default:
                PublishInUnit();
                break;
        }
    }

    /// <summary>Bodies that have been written are published.</summary>
    public void GoOn()
    {
        int done = _writing.FindIndex(writing => writing.Writing.IsCompleted);
        if (done < 0)
        {
            return;
        }

        (Task<ulong> writing, long id, string queue, byte[] body) = _writing[done];
        _writing.RemoveAt(done);
        if (!writing.IsCompletedSuccessfully)
        {
            _ = writing.Exception; // No room for it, and its publisher is told.
            world.Coverage.Count("large body refused");
            return;
        }

#pragma warning disable VSTHRD002 // It is complete.
        ulong bodyId = writing.Result;
#pragma warning restore VSTHRD002
        if (world.Model.Find(queue) is { } known)
        {
            List<ModelMessage> messages = [];
            Route(new NewMessage(id, IsPersistent: true, TtlMs: 0, body, bodyId), exchange: "", queue, [known], messages, unit: null);
            Flush(messages);
            world.Coverage.Count("publish large body");
        }

        world.Machine.Store.ReleaseBody(bodyId);
    }

    private void Publish(QueueKind kind)
    {
        List<ModelMessage> messages = [];
        int count = world.Random.Chance(60) ? 1 : 1 + world.Random.Next(8);
        bool isPersistent = world.Random.Chance(85);
        for (int i = 0; i < count; i++)
        {
            Add(kind, isPersistent, messages, unit: null);
        }

        Flush(messages);
        world.Coverage.Count(kind switch { QueueKind.Work => "publish", QueueKind.Plain => "publish to several", QueueKind.Ranked => "publish with priority", QueueKind.Stream => "publish to a stream", QueueKind.Patient => "publish to a queue with retry", QueueKind.Grouped => "publish to a queue with groups", _ => "publish to a queue that is not durable" });
        if (!isPersistent)
        {
            world.Coverage.Count("publish transient");
        }
    }

    /// <summary>Publishes messages that are held back for a while.</summary>
    private void PublishLate()
    {
        world.Model.Check(world.Machine.Host.TryEnsureDelays(out DelayLog? delays), "the virtual host is gone");
        List<LateMessage> messages = [];
        bool isPersistent = world.Random.Chance(85);
        for (int count = 1 + world.Random.Next(8); count > 0; count--)
        {
            long id = world.Model.NextId();
            long dueMs = world.Clock.NowMs + (world.Random.Chance(70) ? 1 + world.Random.Next(200) : world.Random.Next(8000));
            var message = new NewMessage(id, isPersistent, TtlMs: 0, MakeBody(id), BodyId: 0);
            _batch.Delay(AddItem(message, exchange: "", TopologyClients.LateQueue), delays!, world.Machine.Host.DefaultExchange, dueMs);
            messages.Add(new LateMessage(id, dueMs, isPersistent));
            world.Model.Late.Add(messages[^1]);
        }

        DispatchBatch dispatch = Dispatch;
        ulong index = _batch.Publish([], dispatch);
        dispatch.Flush();
        EndBatch([]);
        world.History.Note("publish late", "", messages.Count, (long)index);
        world.Coverage.Count("publish with delay");
        world.WhenDurable(index, () => messages.ForEach(message => message.Confirm()));
    }

    /// <summary>Publishes a message with an id that its queue may have had.</summary>
    private void PublishUnique()
    {
        List<ModelQueue> queues = [.. world.Model.Queues.Where(queue => queue.Kind == QueueKind.Unique)];
        if (queues.Count == 0)
        {
            return;
        }

        ModelQueue known = world.Random.Choose(queues);
        int id = world.Random.Next(2 * TakenIds.CountMax);
        bool? isRemembered = known.Taken.Remembers(id);
        ModelMessage? before = known.Taken.MessageOf(id);
        List<ModelMessage> messages = [];
        var message = new NewMessage(world.Model.NextId(), IsPersistent: true, TtlMs: 0, MakeBody(world.Model.LastId), BodyId: 0) { MessageId = id };
        Route(message, exchange: "", known.Name, [known], messages, unit: null);
        DispatchBatch dispatch = Dispatch;
        ulong index = Publish(messages, dispatch);
        dispatch.Flush();
        world.Machine.Host.TryGetQueue(known.Name, out Queue? queue);
        bool wasTaken = EndOf(queue!) > messages[0].Offset;
        world.Model.Check(wasTaken != isRemembered, $"'{known.Name}' has {(wasTaken ? "" : "not ")}taken {messages[0]} with id {id}");
        if (wasTaken)
        {
            known.Taken.Take(id, messages[0]);
            before = messages[0];
        }
        else
        {
            known.Messages.Remove(messages[0].Offset);
            known.Taken.Learn(id);
            messages.Clear();
        }

        EndBatch(messages);
        world.History.Note("publish", known.Name, id, (long)index);
        world.Coverage.Count(wasTaken ? "publish with id" : "duplicate");
        world.WhenDurable(index, () => before!.IsConfirmed = true); // A duplicate is confirmed no sooner than what it repeats.
    }

    /// <summary>Publishes to several queues and settles what consumers hold, all or nothing.</summary>
    private void PublishInUnit()
    {
        ModelUnit known = world.Model.BeginUnit();
        ulong index;
        try
        {
            index = CompleteUnit(known);
        }
        catch (Exception fault) when (ErrorLog.IsOfTheDisk(fault))
        {
            known.Published.ForEach(message => message.IsInDoubt = true);
            throw;
        }

        world.History.Note("unit", "", (long)index, known.Published.Count);
        world.Coverage.Count("transaction");
        world.WhenDurable(index, () => world.Model.ConfirmUnit(known));
    }

    private ulong CompleteUnit(ModelUnit known)
    {
        using QueueUnit unit = world.Machine.Broker.Durability.BeginUnit();
        for (int part = 1 + world.Random.Next(3); part > 0; part--)
        {
            List<ModelMessage> messages = [];
            Add(world.Random.Next(10) switch { < 4 => QueueKind.Work, < 5 => QueueKind.Grouped, < 7 => QueueKind.Plain, < 8 => QueueKind.Stream, _ => QueueKind.Ranked }, isPersistent: true, messages, known);
            unit.Publish(_batch, Dispatch);
            EndBatch(messages);
            Pause();
        }

        consumers.SettleInUnit(unit, known);
        Pause();
        return unit.Complete();
    }

    /// <summary>Other threads go on meanwhile, sometimes for long.</summary>
    private void Pause() => world.Machine.Scheduler.Interleave(world.Random.Chance(20) ? 95 : 50);

    private void BeginLarge()
    {
        List<ModelQueue> queues = [.. world.Model.Queues.Where(queue => queue.Kind is QueueKind.Work or QueueKind.Stream)];
        if (queues.Count > 0 && _writing.Count < 4)
        {
            long id = world.Model.NextId();
            byte[] body = MakeBody(id);
            _writing.Add((world.Machine.Store.WriteBodyAsync(new ReadOnlySequence<byte>(body), CancellationToken.None), id, world.Random.Choose(queues).Name, body));
        }
    }

    /// <summary>Adds a message to the batch.</summary>
    private void Add(QueueKind kind, bool isPersistent, List<ModelMessage> messages, ModelUnit? unit)
    {
        List<ModelQueue> queues = [.. world.Model.Queues.Where(queue => queue.Kind == kind && (kind != QueueKind.Plain || queue.Bound.Current))];
        if (queues.Count == 0)
        {
            return;
        }

        long id = world.Model.NextId();
        long ttlMs = world.Random.Chance(15) ? 1 + world.Random.Next(2000) : 0;
        int priority = kind is QueueKind.Ranked or QueueKind.Grouped ? world.Random.Next(ModelQueue.RanksMax + 2) : 0; // One more than counts.
        var message = new NewMessage(id, isPersistent, ttlMs, MakeBody(id), BodyId: 0) { Priority = priority, Group = kind == QueueKind.Grouped && world.Random.Chance(80) ? world.Random.Next(GroupCount) : null };
        if (kind == QueueKind.Plain)
        {
            Route(message, TopologyClients.FanExchange, "key", queues, messages, unit);
            return;
        }

        ModelQueue queue = world.Random.Choose(queues);
        Route(message, exchange: "", queue.Name, [queue], messages, unit);
    }

    /// <summary>Routes a message, which must go to the queues that the model knows of.</summary>
    private void Route(in NewMessage message, string exchange, string key, List<ModelQueue> expected, List<ModelMessage> messages, ModelUnit? unit)
    {
        world.Model.Check(world.Machine.Host.TryGetExchange(exchange, out Exchange? found), $"exchange '{exchange}' is not there");
        _route.Clear();
        found!.Route(new RouteRequest(Encoding.UTF8.GetBytes(key)), _route);
        string routed = string.Join(' ', _route.Queues.ToArray().Select(queue => queue.Name).Order(StringComparer.Ordinal));
        string wanted = string.Join(' ', expected.Select(queue => queue.Name).Order(StringComparer.Ordinal));
        world.Model.Check(routed == wanted, $"a message goes to '{routed}', not to '{wanted}'");
        int item = AddItem(message, exchange, key);
        foreach (Queue queue in _route.Queues)
        {
            _batch.Route(item, queue);
            messages.Add(Expect(queue, message, messages, unit));
        }
    }

    private int AddItem(in NewMessage message, string exchange, string key)
    {
        byte[] properties = message switch
        {
            { MessageId: { } messageId } => [0, MessageIdFlag, 1, (byte)('A' + messageId)],
            { Group: { } group } => [HeadersFlag, 0, 0, 0, 0, 17, .. "\u000Ax-group-idS"u8, 0, 0, 0, 1, (byte)('A' + group)],
            _ => [0, 0],
        };
        byte[] bytes = [.. Encoding.UTF8.GetBytes(exchange), .. Encoding.UTF8.GetBytes(key), .. properties, .. message.Body];
        NativeBlock block = NativeBlock.Allocate(bytes.Length);
        bytes.CopyTo(block.Span);
        long nowMs = world.Clock.NowMs;
        MessageFlags flags = (message.IsPersistent ? MessageFlags.Persistent : MessageFlags.None) | (message.BodyId == 0 ? MessageFlags.None : MessageFlags.ExternalBody);
        int item = _batch.Add();
        _batch[item] = new PublishItem
        {
            Block = block,
            Head = new MessageHead(MessageOrigin.Amqp091, flags, (byte)message.Priority, nowMs, message.TtlMs == 0 ? 0 : nowMs + message.TtlMs),
            ExchangeBytes = (byte)exchange.Length,
            RoutingKeyStart = exchange.Length,
            RoutingKeyBytes = (byte)key.Length,
            PropertiesStart = exchange.Length + key.Length,
            PropertiesBytes = properties.Length,
            BodyStart = exchange.Length + key.Length + properties.Length,
            BodyBytes = message.Body.Length,
            BodyId = message.BodyId,
        };
        return item;
    }

    /// <summary>What the model is to expect of a message in one queue.</summary>
    private ModelMessage Expect(Queue queue, in NewMessage message, List<ModelMessage> before, ModelUnit? unit)
    {
        ModelQueue known = world.Model.Find(queue.Name)!;
        long offset = EndOf(queue) + before.Count(other => other.Queue == known);
        long ttlMs = known.Kind == QueueKind.Work ? TopologyClients.TtlMsOf(world.Model.Policy.Current) : 0;
        bool isStream = known.Kind == QueueKind.Stream; // Which keeps everything, for as long as itself wants.
        long shortestMs = isStream ? known.MaxAgeMs : message.TtlMs == 0 ? ttlMs : ttlMs == 0 ? message.TtlMs : Math.Min(ttlMs, message.TtlMs);
        var expected = new ModelMessage
        {
            Queue = known,
            Id = message.Id,
            Offset = offset,
            IsPersistent = message.IsPersistent || isStream,
            PublishedMs = world.Clock.NowMs,
            Rank = known.HasPriorities ? Math.Min(message.Priority, ModelQueue.RanksMax) : 0,
            Group = message.Group,
            ExpiresAtMs = shortestMs == 0 ? 0 : world.Clock.NowMs + shortestMs,
            MayLeave = known.Kind == QueueKind.Work && TopologyClients.HasLengthLimit(world.Model.Policy.Current),
        };
        world.Model.Publish(expected, unit);
        return expected;
    }

    private void Flush(List<ModelMessage> messages)
    {
        DispatchBatch dispatch = Dispatch;
        ulong index = Publish(messages, dispatch);
        dispatch.Flush();
        EndBatch(messages);
        world.History.Note("publish", messages.Count == 0 ? "" : messages[0].Queue.Name, messages.Count, (long)index);
        world.WhenDurable(index, () => messages.ForEach(message => message.IsConfirmed = true));
    }

    private ulong Publish(List<ModelMessage> messages, DispatchBatch dispatch)
    {
        try
        {
            return _batch.Publish([], dispatch);
        }
        catch (Exception fault) when (ErrorLog.IsOfTheDisk(fault))
        {
            messages.ForEach(message => message.IsInDoubt = true);
            throw;
        }
    }

    /// <summary>Everything that was routed must be in its queue.</summary>
    private void EndBatch(List<ModelMessage> messages)
    {
        for (int i = 0; i < _batch.Count; i++)
        {
            world.Model.Check(!_batch[i].IsRejected, "a message was refused");
            _batch[i].Block!.Release();
        }

        _batch.Clear();
        foreach (ModelMessage message in messages)
        {
            world.Machine.Host.TryGetQueue(message.Queue.Name, out Queue? queue);
            world.Model.Check(EndOf(queue!) > message.Offset, message, "was not appended");
        }
    }

    private static long EndOf(Queue queue)
    {
        lock (queue.Log.Gate)
        {
            return queue.Log.EndOffset;
        }
    }

    private byte[] MakeBody(long id)
    {
        int bytes = sizeof(long) + (world.Random.Chance(80) ? world.Random.Next(300) : world.Random.Next(BodyBytesMax));
        byte[] body = new byte[bytes];
        for (int i = sizeof(long); i < bytes; i++)
        {
            body[i] = (byte)((id * 31) + i);
        }

        BinaryPrimitives.WriteInt64LittleEndian(body, id);
        return body;
    }

    private readonly record struct NewMessage(long Id, bool IsPersistent, long TtlMs, byte[] Body, ulong BodyId)
    {
        public int Priority { get; init; }

        public int? MessageId { get; init; }

        public int? Group { get; init; }
    }
}
