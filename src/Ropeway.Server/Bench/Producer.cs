using System.Diagnostics;

namespace Ropeway.Server.Bench;

/// <summary>
/// One publishing connection: its own thread writes, a second one reads what the broker answers (<see cref="ReplyReader"/>).
/// Allocates nothing per message.
/// </summary>
internal sealed class Producer
{
    private readonly AmqpConnection _connection;
    private readonly PublishImage _image;
    private readonly RunControl _control;
    private readonly FlowGate? _deliveries;
    private readonly FlowGate? _unconfirmed;
    private readonly ConfirmTracker? _confirms;
    private readonly ProducerPlan _plan;
    private long _sequence;
    private long _sequenceEnd = long.MaxValue;
    private long _paceSequence; // Sequence number of message 0 of the timetable.
    private int _slot;
    private bool _isWaiting;

    /// <summary>Makes a producer; <see cref="Run"/> is its thread.</summary>
    /// <param name="connection">Its connection.</param>
    /// <param name="image">Its messages.</param>
    /// <param name="plan">How many, how fast.</param>
    /// <param name="control">What all threads share.</param>
    /// <param name="flow">Its windows.</param>
    public Producer(AmqpConnection connection, PublishImage image, ProducerPlan plan, RunControl control, ProducerFlow flow)
    {
        _connection = connection;
        _image = image;
        _plan = plan;
        _control = control;
        _deliveries = flow.Deliveries;
        _unconfirmed = flow.Unconfirmed;
        _confirms = flow.Confirms;
        PaceLateness = new LatencyRecorder(control.Window);
    }

    /// <summary>What it did so far.</summary>
    public WorkerCounts Counts { get; } = new();

    /// <summary>Whether the warm-up is behind it and it sends nothing until counting starts.</summary>
    public bool IsWaiting => Volatile.Read(ref _isWaiting);

    /// <summary>How late a paced producer was with its writes: the generator's own part of the latencies.</summary>
    public LatencyRecorder PaceLateness { get; }

    /// <summary>Publishes until the plan is done or the run says stop.</summary>
    public void Run()
    {
        try
        {
            if (_plan.RatePerSecond > 0)
            {
                RunPaced();
            }
            else
            {
                RunFlatOut();
            }
        }
        catch (BenchException fault)
        {
            _control.FailUnlessExplained(fault);
        }
    }

    private void RunFlatOut()
    {
        while (!_control.IsPublishingOver)
        {
            WaitForCounting();
            int count = CountToSend(_plan.BatchCount);
            if (count == 0 || !TakeRoom(count))
            {
                return;
            }

            long now = Stopwatch.GetTimestamp();
            for (int message = 0; message < count; message++)
            {
                Stamp(message, now);
            }

            Send(count);
        }
    }

    private void RunPaced()
    {
        PreciseTimer.PrepareThread();
        Pacer pacer = NewPacer();
        while (!_control.IsPublishingOver)
        {
            if (WaitForCounting())
            {
                pacer = NewPacer();
            }

            long due = pacer.DueCount(Stopwatch.GetTimestamp(), _sequence - _paceSequence);
            if (due == 0)
            {
                PreciseTimer.WaitUntil(pacer.DueTicks(_sequence - _paceSequence));
                continue;
            }

            int count = CountToSend((int)Math.Min(due, _plan.BatchCount));
            if (count == 0 || !TakeRoom(count))
            {
                return;
            }

            for (int message = 0; message < count; message++)
            {
                Stamp(message, pacer.DueTicks(_sequence - _paceSequence + message));
            }

            PaceLateness.Record(pacer.DueTicks(_sequence - _paceSequence), Stopwatch.GetTimestamp());
            Send(count);
        }
    }

    private Pacer NewPacer()
    {
        _paceSequence = _sequence;
        return new Pacer(Stopwatch.GetTimestamp(), _plan.RatePerSecond);
    }

    // A run with a fixed number of messages begins to count with empty queues. True when it waited for that.
    private bool WaitForCounting()
    {
        if (_plan.MessageCount == 0 || _sequenceEnd != long.MaxValue || !_control.IsWarmedUp)
        {
            return false;
        }

        _sequenceEnd = _sequence + _plan.MessageCount;
        Volatile.Write(ref _isWaiting, true);
        _control.WaitForCounting();
        return true;
    }

    private int CountToSend(int wanted) =>
        (int)Math.Min(Math.Min(wanted, _image.SlotCount - _slot), _sequenceEnd - _sequence);

    private bool TakeRoom(int count) =>
        (_deliveries is null || _deliveries.Take((long)count * _plan.CopiesPerMessage))
        && (_unconfirmed is null || _unconfirmed.Take(count));

    private void Stamp(int message, long ticks)
    {
        long sequence = _sequence + message;
        _image.Stamp(_slot + message, ticks, _plan.ProducerNumber, sequence);
        _confirms?.Note(sequence + 1, ticks); // Delivery tags begin at 1.
    }

    private void Send(int count)
    {
        _connection.Send(_image.Slots(_slot, count));
        _sequence += count;
        _slot = _slot + count == _image.SlotCount ? 0 : _slot + count;
        Counts.Published = _sequence;
    }
}
