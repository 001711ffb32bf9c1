using Ropeway.Core.Queues;
using Ropeway.Simulation.Model;

namespace Ropeway.Simulation.Clients;

/// <summary>Clients that consume and settle: consumers with credit, and single gets.</summary>
internal sealed class Consumers(World world)
{
    private readonly List<SimulatedConsumer> _all = [];
    private readonly ResolveBatch _resolving = new();
    private SimulatedTarget _target = new(world);

    public void Enter()
    {
        _all.Clear();
        _target = new SimulatedTarget(world);
    }

    /// <summary>A queue is gone.</summary>
    public void Forget(string queue) => _all.RemoveAll(consumer => consumer.Queue.Name == queue);

    /// <summary>Nothing goes on any more: whoever can take messages has all that are for him.</summary>
    public void CheckAtRest()
    {
        foreach (SimulatedConsumer consumer in _all.Where(consumer => consumer.Credit > 0))
        {
            world.Model.CheckEmpty(world.Model.Find(consumer.Queue.Name)!, consumer);
        }
    }

    public void Do(int dice)
    {
        switch (dice)
        {
            case < 18:
                Settle();
                break;
            case < 23:
                GiveBack();
                break;
            case < 27:
                Reject();
                break;
            case < 32:
                Consume();
                break;
            case < 34:
                Cancel();
                break;
            case < 38:
                Get();
                break;
            case < 41:
                Grant();
                break;
            default:
                Purge();
                break;
        }
    }

    /// <summary>Settles what one consumer holds, as part of a transaction.</summary>
    public void SettleInUnit(QueueUnit unit, ModelUnit known)
    {
        if (ChooseHolder() is not { } consumer)
        {
            return;
        }

        foreach (ModelMessage message in Take(consumer))
        {
            message.State = MessageState.Settled;
            message.Settler = known;
            known.Settled.Add(message);
            _resolving.Settle(consumer.Queue, message.Offset, message.Offset + 1);
        }

        DispatchBatch dispatch = DispatchBatch.Begin();
        unit.Resolve(_resolving, dispatch);
        dispatch.Flush();
    }

    private void Settle()
    {
        if (ChooseHolder() is { } consumer)
        {
            List<ModelMessage> settled = Take(consumer);
            foreach (ModelMessage message in settled)
            {
                message.State = MessageState.Settled;
                _resolving.Settle(consumer.Queue, message.Offset, message.Offset + 1);
            }

            Wake(consumer, settled.Count);
            Confirm(Resolve(), settled);
            world.Coverage.Count("ack");
        }
    }

    private void GiveBack()
    {
        if (ChooseHolder() is { } consumer)
        {
            List<ModelMessage> returned = Take(consumer);
            foreach (ModelMessage message in returned)
            {
                world.Model.Return(message, world.Clock.NowMs);
                _resolving.Return(consumer.Queue, message.Offset, message.Offset + 1);
            }

            if (world.Random.Chance(50))
            {
                Wake(consumer, returned.Count);
            }

            Resolve();
            world.Coverage.Count("requeue");
        }
    }

    private void Reject()
    {
        if (ChooseHolder() is { } consumer)
        {
            bool isLetter = world.Model.Find(consumer.Queue.Name)!.Kind == QueueKind.Work;
            List<ModelMessage> rejected = Take(consumer);
            foreach (ModelMessage message in rejected)
            {
                message.State = isLetter ? MessageState.Leaving : MessageState.Settled;
                message.MayLeave = true;
                _resolving.Reject(consumer.Queue, message.Offset, message.Offset + 1);
            }

            Wake(consumer, rejected.Count);
            ulong index = Resolve();
            if (!isLetter)
            {
                Confirm(index, rejected);
            }

            world.Coverage.Count("reject");
        }
    }

    private void Consume()
    {
        if (_all.Count > 6 || ChooseQueue() is not { } queue)
        {
            return;
        }

        world.Model.Find(queue.Name)!.WasAsked = true;
        var consumer = new SimulatedConsumer(queue, _target, settlesOnDelivery: world.Random.Chance(10), 1 + world.Random.Next(30));
        world.Model.Check(queue.AddConsumer(consumer) == ConsumerRefusal.None, $"'{queue.Name}' takes no consumer");
        _all.Add(consumer);
        DispatchBatch dispatch = DispatchBatch.Begin();
        queue.Wake(consumer, dispatch);
        dispatch.Flush();
        world.Coverage.Count("consume");
    }

    /// <summary>A consumer goes; what it holds comes back.</summary>
    private void Cancel()
    {
        if (_all.Count == 0)
        {
            return;
        }

        SimulatedConsumer consumer = world.Random.Choose(_all);
        _all.Remove(consumer);
        consumer.Queue.RemoveConsumer(consumer);
        foreach (ModelMessage message in consumer.Held)
        {
            world.Model.Return(message, world.Clock.NowMs);
            _resolving.Fail(consumer.Queue, message.Offset, message.Offset + 1);
        }

        Resolve();
        world.Coverage.Count("cancel");
    }

    private void Get()
    {
        if (ChooseQueue() is not { } queue)
        {
            return;
        }

        ModelQueue known = world.Model.Find(queue.Name)!;
        known.WasAsked = true;
        GetOutcome outcome = _target.Get(queue, settlesOnDelivery: true, out ulong index);
        world.Model.Check(outcome != GetOutcome.OutOfService, $"'{queue.Name}' is out of service: {queue.OutOfService}");
        if (outcome == GetOutcome.Empty)
        {
            world.Model.CheckEmpty(known, taker: null);
        }
        else if (_target.Got is { } message)
        {
            message.State = MessageState.Settled;
            Confirm(index, [message]);
            world.Coverage.Count("get");
        }
    }

    private void Grant()
    {
        if (_all.Count > 0)
        {
            Wake(world.Random.Choose(_all), 1 + world.Random.Next(10));
            Resolve();
        }
    }

    private void Purge()
    {
        if (world.Random.Chance(70) || ChooseQueue() is not { } queue)
        {
            return;
        }

        ModelQueue known = world.Model.Find(queue.Name)!;
        if (known.Kind is QueueKind.Dead or QueueKind.Late)
        {
            return; // Who knows what is in it.
        }

        List<ModelMessage> purged = [.. known.Messages.Values.Where(message => message.State == MessageState.Ready)];
        List<ModelMessage> settled = purged.FindAll(message => !message.MayLeave);
        settled.ForEach(message => message.State = MessageState.Settled);
        foreach (ModelMessage message in purged.Except(settled))
        {
            message.State = MessageState.Purged; // Or it had left before, which nobody was promised: what has expired may come back, to expire again.
        }

        queue.Purge(out ulong index);
        Confirm(index, settled);
        world.Coverage.Count("purge");
    }

    private void Confirm(ulong index, List<ModelMessage> settled)
    {
        world.History.Note("settle", "", (long)index, settled.Count);
        world.WhenDurable(index, () => settled.ForEach(world.Model.ConfirmSettled));
    }

    private ulong Resolve()
    {
        DispatchBatch dispatch = DispatchBatch.Begin();
        ulong index = _resolving.Resolve(dispatch);
        dispatch.Flush();
        return index;
    }

    private void Wake(SimulatedConsumer consumer, int credit)
    {
        lock (_target.Gate)
        {
            consumer.Credit += credit;
            if (consumer.IsWaiting && consumer.Credit > 0)
            {
                consumer.IsWaiting = false;
                _resolving.Wake(consumer);
            }
        }
    }

    private SimulatedConsumer? ChooseHolder()
    {
        List<SimulatedConsumer> holders = _all.FindAll(consumer => consumer.Held.Count > 0);
        return holders.Count == 0 ? null : world.Random.Choose(holders);
    }

    /// <summary>Takes some of what a consumer holds: usually its first messages.</summary>
    private List<ModelMessage> Take(SimulatedConsumer consumer)
    {
        int count = world.Random.Chance(40) ? 1 : 1 + world.Random.Next(consumer.Held.Count);
        int first = world.Random.Chance(60) ? 0 : world.Random.Next(consumer.Held.Count - count + 1);
        List<ModelMessage> taken = consumer.Held.GetRange(first, count);
        consumer.Held.RemoveRange(first, count);
        foreach (ModelMessage message in taken)
        {
            world.History.Note("take", message.Queue.Name, message.Offset, message.Id);
        }

        return taken;
    }

    private Queue? ChooseQueue()
    {
        List<ModelQueue> queues = [.. world.Model.Queues.Where(queue => queue.Kind != QueueKind.Stream)];
        return queues.Count > 0 && world.Machine.Host.TryGetQueue(world.Random.Choose(queues).Name, out Queue? queue) ? queue : null;
    }
}
