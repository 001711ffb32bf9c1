using System.Buffers.Binary;
using Ropeway.Core.Delays;
using Ropeway.Core.Policies;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Simulation.Clients;
using Ropeway.Simulation.Model;
using Ropeway.Storage;

namespace Ropeway.Simulation;

/// <summary>Reads everything that a broker has, message by message from its log, before anything else goes on.</summary>
internal sealed class Survey(World world) : ILoadWaiter
{
    private bool _isLoaded;

    private delegate bool BodyReader(in RecordView record, out ReadOnlySpan<byte> body);

    void ILoadWaiter.OnLoaded() => _isLoaded = true;

    /// <summary>The queues, and what of them needs no reading.</summary>
    public IReadOnlyList<FoundQueueReading> List()
    {
        VirtualHost host = world.Machine.Host;
        HashSet<string> bound = [.. host.ListBindings().Where(binding => binding.Source.Name == TopologyClients.FanExchange).Select(binding => binding.Destination.Name)];
        return [.. host.ListQueues().OrderBy(queue => queue.Name, StringComparer.Ordinal).Select(queue => new FoundQueueReading(queue, bound.Contains(queue.Name)))];
    }

    /// <summary>The policy of the work queues.</summary>
    public string ReadPolicy() => string.Join(' ', world.Machine.Host.Policies.List(PolicyKind.User).Select(policy => TopologyClients.Describe(policy.Definition)));

    /// <summary>The messages.</summary>
    public IReadOnlyList<FoundQueue> Read(IReadOnlyList<FoundQueueReading> queues)
    {
        var found = new List<FoundQueue>();
        foreach (FoundQueueReading reading in queues)
        {
            Queue queue = reading.Queue;
            world.Model.Check(queue.Log.Quarantine is null, $"'{queue.Name}' is out of service: {queue.Log.Quarantine}");
            world.History.Trace?.WriteLine($"found {queue.Name}: log {queue.Log.Id}, horizon {queue.Log.RecoveredHorizon}");
            found.Add(new FoundQueue(queue.Name, queue.Log.Id, reading.IsBound, queue.Log.RecoveredHorizon, Under(queue.Log, _ => queue.Log.StartOffset, 0L), [.. ReadAll(queue.Log, queue.Name, QueuedBody)]));
        }

        return found;
    }

    /// <summary>The numbers of the messages that wait for their time.</summary>
    public IReadOnlySet<long> ReadDelayed()
    {
        HashSet<long> ids = [];
        foreach (FoundMessage found in world.Machine.Host.Delays is { } delays ? ReadAll(delays.Log, "delays", DelayedBody) : [])
        {
            world.Model.Check(ids.Add(found.Id), $"delayed message {found.Id} waits twice");
        }

        return ids;
    }

    /// <summary>Reads the number of a message from its body, and checks that nothing of the body has changed.</summary>
    public static long ReadId(World world, string queue, long offset, ReadOnlySpan<byte> body)
    {
        world.Model.Check(body.Length >= sizeof(long), $"the message at offset {offset} of '{queue}' has lost its body");
        long id = BinaryPrimitives.ReadInt64LittleEndian(body);
        for (int i = sizeof(long); i < body.Length; i++)
        {
            if (body[i] != (byte)((id * 31) + i))
            {
                world.Model.Fail($"the body of the message at offset {offset} of '{queue}' is not what was published: it begins like message {id} and differs at {i} of {body.Length}");
            }
        }

        return id;
    }

    private List<FoundMessage> ReadAll(StoredLog log, string name, BodyReader readBody)
    {
        List<FoundMessage> messages = [];
        LogReader reader = Under(log, log.OpenReader, true);
        for (long offset = Under(log, log.NextUnsettled, 0L); offset < Under(log, _ => log.EndOffset, 0); offset = Under(log, log.NextUnsettled, offset + 1))
        {
            long id;
            while (!TryRead(log, name, reader, offset, readBody, out id))
            {
                _isLoaded = false;
                world.Machine.Scheduler.RunOnly("cold reads", () => _isLoaded); // Without the gate, which they need.
            }

            messages.Add(new FoundMessage(offset, id));
            world.History.Trace?.WriteLine($"found {messages[^1]}");
        }

        lock (log.Gate)
        {
            reader.Dispose();
        }

        return messages;
    }

    private bool TryRead(StoredLog log, string name, LogReader reader, long offset, BodyReader readBody, out long id)
    {
        lock (log.Gate)
        {
            ReadStatus status = reader.TryRead(offset, out RecordView record);
            world.Model.Check(status is ReadStatus.Cold or ReadStatus.Found, $"the message at offset {offset} of '{name}' is {status}: {log.Quarantine}");
            if (status == ReadStatus.Cold)
            {
                reader.Load(offset, this);
                id = 0;
                return false;
            }

            bool isMessage = readBody(record, out ReadOnlySpan<byte> body);
            world.Model.Check(isMessage, $"the record at offset {offset} of '{name}' is no message");
            id = ReadId(world, name, offset, body);
            return true;
        }
    }

    private static TResult Under<T, TResult>(StoredLog log, Func<T, TResult> read, T argument)
    {
        lock (log.Gate)
        {
            return read(argument);
        }
    }

    private static bool QueuedBody(in RecordView record, out ReadOnlySpan<byte> body)
    {
        bool isMessage = QueuedMessage.TryRead(record, redelivered: false, deliveryCount: 0, out QueuedMessage message);
        body = isMessage ? message.BodyBlock.Span.Slice(message.BodyStart, message.Content.BodyBytes) : default;
        return isMessage;
    }

    private static bool DelayedBody(in RecordView record, out ReadOnlySpan<byte> body)
    {
        body = default;
        if (!DelayRecord.TryRead(record.Payload, out DelayRecord delayed) || !StoredMessage.TryRead(record.Payload[delayed.MessageStart..], out StoredMessage message))
        {
            return false;
        }

        body = record.Payload.Slice(delayed.MessageStart + message.BodyStart, message.BodyBytes);
        return true;
    }
}
