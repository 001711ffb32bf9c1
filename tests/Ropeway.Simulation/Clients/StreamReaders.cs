using Ropeway.Core.Queues;
using Ropeway.Core.Streams;
using Ropeway.Simulation.Model;

namespace Ropeway.Simulation.Clients;

/// <summary>Clients that read streams, each at its own speed, from where it wants.</summary>
internal sealed class StreamReaders(World world)
{
    private const int CountMax = 6;

    private readonly List<SimulatedReader> _all = [];
    private readonly ResolveBatch _resolving = new();
    private SimulatedTarget _target = new(world);

    public void Enter()
    {
        _all.Clear();
        _target = new SimulatedTarget(world);
    }

    /// <summary>A stream is gone.</summary>
    public void Forget(string stream) => _all.RemoveAll(reader => reader.Queue.Name == stream);

    public void Do(int dice)
    {
        switch (dice)
        {
            case 0:
                Open();
                break;
            case 1 when _all.Count > 0 && world.Random.Chance(30):
                Close();
                break;
            default:
                Acknowledge();
                break;
        }
    }

    /// <summary>Nothing goes on any more: who has credit has read everything.</summary>
    public void CheckAtRest()
    {
        foreach (SimulatedReader reader in _all.Where(reader => reader.Credit > 0))
        {
            reader.Reading.CheckComplete(long.MaxValue);
        }
    }

    private void Open()
    {
        List<ModelQueue> streams = [.. world.Model.Queues.Where(queue => queue.Kind == QueueKind.Stream)];
        if (_all.Count == CountMax || streams.Count == 0 || !world.Machine.Host.TryGetQueue(world.Random.Choose(streams).Name, out Queue? stream))
        {
            return;
        }

        StreamStart start = world.Random.Next(6) switch
        {
            0 => StreamStart.Next,
            1 => StreamStart.Last,
            2 => StreamStart.At(world.Random.Next(1 + (int)EndOf(stream))),
            3 => StreamStart.AtTime(world.Clock.NowMs - world.Random.Next(3000)),
            _ => StreamStart.First,
        };
        var reader = new SimulatedReader(stream, _target, MakeReading(stream, start), 1 + world.Random.Next(30)) { Start = start };
        world.Model.Check(stream.AddConsumer(reader) == ConsumerRefusal.None, $"'{stream.Name}' takes no reader");
        _all.Add(reader);
        DispatchBatch dispatch = DispatchBatch.Begin();
        stream.Wake(reader, dispatch);
        dispatch.Flush();
        world.History.Note("read from", start.Kind.ToString(), start.Value);
        world.Coverage.Count("read a stream");
    }

    private void Close()
    {
        SimulatedReader reader = world.Random.Choose(_all);
        _all.Remove(reader);
        reader.Queue.RemoveConsumer(reader);
    }

    /// <summary>Gives credit back, which changes nothing else.</summary>
    private void Acknowledge()
    {
        if (_all.Count == 0)
        {
            return;
        }

        SimulatedReader reader = world.Random.Choose(_all);
        if (reader.LastOffset >= 0)
        {
            _resolving.Settle(reader.Queue, reader.LastOffset, reader.LastOffset + 1);
        }

        lock (_target.Gate)
        {
            reader.Credit += 1 + world.Random.Next(30);
            if (reader.IsWaiting)
            {
                reader.IsWaiting = false;
                _resolving.Wake(reader);
            }
        }

        DispatchBatch dispatch = DispatchBatch.Begin();
        _resolving.Resolve(dispatch);
        dispatch.Flush();
    }

    /// <summary>What a reader that begins there is to get, as far as that is known: what nobody has read yet may be readable or not.</summary>
    private StreamReading MakeReading(Queue stream, StreamStart start)
    {
        ModelQueue known = world.Model.Find(stream.Name)!;
        long end = EndOf(stream);
        return start.Kind switch
        {
            StreamStartKind.First => new StreamReading(world.Model, known, 0, 0),
            StreamStartKind.Offset => new StreamReading(world.Model, known, start.Value, start.Value),
            StreamStartKind.Last => new StreamReading(world.Model, known, Math.Max(known.ReadableEnd - 1, 0), Math.Max(end - 1, 0)),
            StreamStartKind.Time => new StreamReading(world.Model, known, 0, long.MaxValue) { NotBeforeMs = start.Value, YoungFrom = known.ReadableEnd },
            _ => new StreamReading(world.Model, known, known.ReadableEnd, end),
        };
    }

    private static long EndOf(Queue stream)
    {
        lock (stream.Log.Gate)
        {
            return stream.Log.EndOffset;
        }
    }
}
