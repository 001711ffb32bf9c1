using Ropeway.Core.Queues;
using Ropeway.Simulation.Model;

namespace Ropeway.Simulation.Clients;

/// <summary>The connection of all consumers: tells the model what they get. It also takes single messages.</summary>
internal sealed class SimulatedTarget(World world) : DeliveryTarget, IMessageReceiver
{
    private Queue? _asked;

    public override Lock Gate { get; } = new();

    /// <summary>The message that was asked for; null when none came.</summary>
    public ModelMessage? Got { get; private set; }

    public override DeliveryOutcome Deliver(Consumer consumer, in QueuedMessage message)
    {
        if (consumer is SimulatedReader reader)
        {
            return Read(reader, message);
        }

        var taker = (SimulatedConsumer)consumer;
        if (taker.Credit == 0)
        {
            taker.IsWaiting = true;
            return DeliveryOutcome.Refused;
        }

        ModelMessage delivered = Take(consumer.Queue, taker, message);
        if (consumer.SettlesOnDelivery)
        {
            delivered.State = MessageState.Settled;
        }
        else
        {
            taker.Held.Add(delivered);
        }

        if (--taker.Credit > 0)
        {
            return DeliveryOutcome.Delivered;
        }

        taker.IsWaiting = true;
        return DeliveryOutcome.DeliveredLast;
    }

    public override void FlushDeliveries()
    {
        // There is no outbox.
    }

    public override void OnQueueGone(Consumer consumer) => (consumer as SimulatedConsumer)?.Held.Clear();

    /// <summary>Asks for one message.</summary>
    public GetOutcome Get(Queue queue, bool settlesOnDelivery, out ulong index)
    {
        Got = null;
        _asked = queue;
        return queue.TryGet(this, settlesOnDelivery, out index);
    }

    void IMessageReceiver.Receive(in QueuedMessage message, long readyCount) => Got = Take(_asked!, taker: null, message);

    void IMessageReceiver.AskAgain()
    {
        // The clients ask again by themselves.
    }

    private DeliveryOutcome Read(SimulatedReader reader, in QueuedMessage message)
    {
        if (reader.Credit == 0)
        {
            reader.IsWaiting = true;
            return DeliveryOutcome.Refused;
        }

        ReadOnlySpan<byte> body = message.BodyBlock.Span.Slice(message.BodyStart, message.Content.BodyBytes);
        var found = new FoundMessage(message.Offset, Survey.ReadId(world, reader.Queue.Name, message.Offset, body));
        world.Model.NoteTime(world.Clock.NowMs);
        reader.Reading.Take(found, reader.Queue.Log.StartOffset); // The stream's gate is held.
        reader.LastOffset = message.Offset;
        world.History.Note("read", reader.Queue.Name, message.Offset, found.Id);
        world.Coverage.Count("delivery of a stream");
        reader.IsWaiting = --reader.Credit == 0;
        return reader.IsWaiting ? DeliveryOutcome.DeliveredLast : DeliveryOutcome.Delivered;
    }

    private ModelMessage Take(Queue queue, SimulatedConsumer? taker, in QueuedMessage message)
    {
        ReadOnlySpan<byte> body = message.BodyBlock.Span.Slice(message.BodyStart, message.Content.BodyBytes);
        long id = Survey.ReadId(world, queue.Name, message.Offset, body);
        ModelQueue known = world.Model.Find(queue.Name)!;
        ModelMessage delivered = world.Model.Deliver(known, taker, new FoundMessage(message.Offset, id), message.IsRedelivered, message.DeliveryCount, world.Clock.NowMs);
        world.History.Note(message.IsRedelivered ? "redelivered" : "delivered", queue.Name, message.Offset, id);
        world.Coverage.Count(known.Kind switch
        {
            QueueKind.Dead => "dead letter",
            QueueKind.Ranked => "delivery by priority",
            QueueKind.Patient or QueueKind.Grouped when known.HasRetry && message.DeliveryCount > 0 => "delivery after a retry's delay",
            QueueKind.Grouped when known.Messages.Values[0] is { State: MessageState.Ready } first && first.Offset < delivered.Offset => "delivery past a held group",
            QueueKind.Late => "delivery in its time",
            _ => message.IsRedelivered ? "redelivery" : "delivery",
        });
        if (known.Kind == QueueKind.Dead)
        {
            NoteReason(message.Content.Properties);
        }

        return delivered;
    }

    private void NoteReason(ReadOnlySpan<byte> properties) => world.Coverage.Count(
        properties.IndexOf("expired"u8) >= 0 ? "letter of an expired message"
        : properties.IndexOf("maxlen"u8) >= 0 ? "letter of one too many"
        : properties.IndexOf("rejected"u8) >= 0 ? "letter of a rejected message"
        : "letter of unknown reason");
}
