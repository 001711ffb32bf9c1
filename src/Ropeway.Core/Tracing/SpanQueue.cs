using System.Diagnostics;
using Ropeway.Core.Timing;

namespace Ropeway.Core.Tracing;

/// <summary>
/// Spans that ended under a gate and are told on a pool thread, because whoever listens to an <see cref="ActivitySource"/> is called back. Bounded: what is too much is
/// left out. Any thread.
/// </summary>
/// <param name="source">Where they are told.</param>
/// <param name="pool">Does it.</param>
internal sealed class SpanQueue(ActivitySource source, IWorkPool pool) : IPoolWork
{
    private const int CountMax = 8_192;

    private readonly Lock _gate = new();
    private List<FinishedSpan> _waiting = [];
    private List<FinishedSpan> _telling = []; // Of the one thread that tells.
    private bool _isQueued;
    private long _droppedCount;

    /// <summary>Spans that were left out.</summary>
    public long DroppedCount => Interlocked.Read(ref _droppedCount);

    /// <summary>Something happens to a message: its waiting, or its being held, is over.</summary>
    /// <param name="stay">As it was before.</param>
    /// <param name="step">What happens.</param>
    public void Add(QueueStay stay, in LifeStep step)
    {
        if (!source.HasListeners())
        {
            return;
        }

        string outcome = step.Kind.ToString().ToLowerInvariant();
        if (stay.WaitsSince is { } waits)
        {
            Add(new FinishedSpan(stay.Line.Context, "wait", waits, step.At) { Stay = stay, Outcome = outcome });
        }
        else if (stay.HeldSince is { } held)
        {
            Add(new FinishedSpan(stay.Line.Context, "deliver", held, step.At) { Stay = stay, Outcome = outcome, Holder = stay.Holder });
        }
    }

    /// <inheritdoc/>
    void IPoolWork.Run()
    {
        while (TakeAll())
        {
            foreach (FinishedSpan span in _telling)
            {
                Tell(span);
            }

            _telling.Clear();
        }
    }

    /// <inheritdoc/>
    /// <remarks>A listener has failed: what it was about to be told is lost, the rest goes on with the next span.</remarks>
    public void OnFault(Exception fault)
    {
        lock (_gate)
        {
            Interlocked.Add(ref _droppedCount, _telling.Count);
            _telling = [];
            _isQueued = false;
        }
    }

    private void Add(in FinishedSpan span)
    {
        lock (_gate)
        {
            if (_waiting.Count == CountMax)
            {
                Interlocked.Increment(ref _droppedCount);
                return;
            }

            _waiting.Add(span);
            if (!_isQueued)
            {
                _isQueued = true;
                pool.Queue(this);
            }
        }
    }

    private bool TakeAll()
    {
        lock (_gate)
        {
            (_waiting, _telling) = (_telling, _waiting);
            _isQueued = _telling.Count > 0;
            return _isQueued;
        }
    }

    private void Tell(in FinishedSpan span)
    {
        string queue = span.Stay.Place.Name;
        using Activity? activity = source.CreateActivity($"{span.Operation} {queue}", ActivityKind.Internal, span.Parent);
        if (activity is null)
        {
            return;
        }

        SpanNames.AddTo(activity, span.Stay.Line, queue, span.Operation, span.Operation == "deliver" ? "settle" : null);
        activity.SetTag("ropeway.queue.sequence", span.Stay.Sequence);
        activity.SetTag("ropeway.outcome", span.Outcome);
        if (span.Holder is not null)
        {
            activity.SetTag("ropeway.consumer", span.Holder);
        }

        activity.SetStartTime(span.Start.UtcDateTime);
        activity.Start();
        activity.SetEndTime(span.End > span.Start ? span.End.UtcDateTime : span.Start.UtcDateTime.AddTicks(1));
    }
}
