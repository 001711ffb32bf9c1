using System.Buffers.Binary;
using Ropeway.Core.Policies;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Simulation.Clients;
using Ropeway.Simulation.Model;
using Ropeway.Storage;

namespace Ropeway.Simulation;

/// <summary>Reads everything that a broker has, message by message from its log, before anything else goes on.</summary>
internal sealed class Survey(World world) : ILoadWaiter
{
    private bool _isLoaded;

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
            found.Add(new FoundQueue(queue.Name, queue.Log.Id, reading.IsBound, queue.Log.RecoveredHorizon, ReadAll(queue)));
        }

        return found;
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

    private List<FoundMessage> ReadAll(Queue queue)
    {
        List<FoundMessage> messages = [];
        StoredLog log = queue.Log;
        LogReader reader = Under(log, log.OpenReader, true);
        for (long offset = Under(log, log.NextUnsettled, 0L); offset < Under(log, _ => log.EndOffset, 0); offset = Under(log, log.NextUnsettled, offset + 1))
        {
            while (!TryRead(queue, reader, offset, messages))
            {
                _isLoaded = false;
                world.Machine.Scheduler.RunOnly("cold reads", () => _isLoaded); // Without the gate, which they need.
            }
        }

        lock (log.Gate)
        {
            reader.Dispose();
        }

        return messages;
    }

    private bool TryRead(Queue queue, LogReader reader, long offset, List<FoundMessage> messages)
    {
        lock (queue.Log.Gate)
        {
            ReadStatus status = reader.TryRead(offset, out RecordView record);
            world.Model.Check(status is ReadStatus.Cold or ReadStatus.Found, $"the message at offset {offset} of '{queue.Name}' is {status}: {queue.Log.Quarantine}");
            if (status == ReadStatus.Cold)
            {
                reader.Load(offset, this);
                return false;
            }

            var found = new FoundMessage(offset, ReadId(queue.Name, record));
            world.History.Trace?.WriteLine($"found {found}");
            messages.Add(found);
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

    private long ReadId(string queue, in RecordView record)
    {
        bool isMessage = QueuedMessage.TryRead(record, redelivered: false, deliveryCount: 0, out QueuedMessage message);
        world.Model.Check(isMessage, $"the record at offset {record.Offset} of '{queue}' is no message");
        return ReadId(world, queue, record.Offset, message.BodyBlock.Span.Slice(message.BodyStart, message.Content.BodyBytes));
    }
}
