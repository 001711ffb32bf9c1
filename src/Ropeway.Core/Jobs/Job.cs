using Ropeway.Core.Queues;
using Ropeway.Core.Queues.Browsing;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Jobs;

/// <summary>
/// Does something with many messages of a queue, slice by slice, in their order, as they were when it began. Made and run by
/// <see cref="JobList"/> on pool threads; any thread may ask, pause and end it.
/// </summary>
/// <remarks>
/// What moves is taken and given in one unit for each slice: a crash or an end in the middle leaves each message in one place. The job
/// itself does not survive the process.
/// </remarks>
public sealed class Job : IDisposable
{
    private static readonly TimeSpan BlockedWait = TimeSpan.FromMilliseconds(200);

    private readonly Broker _broker;
    private readonly JobTally _tally = new();
    private readonly JobPace _pace;
    private readonly TransferSlice _slice;
    private readonly RangeList _deleted = new();
    private readonly CancellationTokenSource _cancelled = new();
    private readonly long _end;
    private long _at;
    private ulong _index; // Everything done so far is durable at it.
    private JobStatus? _ended;
    private IJobUndo? _undo;
    private DateTimeOffset? _undoUntil; // Written before _undo.

    internal Job(Broker broker, string id, JobRequest request)
    {
        _broker = broker;
        Id = id;
        Request = request;
        StartedAt = broker.Time.GetUtcNow();
        _pace = new JobPace(broker.Time, request.RateMax);
        _slice = new TransferSlice(request, _tally);
        lock (request.Source.Log.Gate)
        {
            _end = request.Source.ReadableEnd;
            Total = request.Sequences is { } sequences ? sequences.Count : request.Filter is null ? new BrowseView(request.Source).CountOf(BrowseSet.Waiting) : null;
        }
    }

    /// <summary>Names it among the jobs of the process.</summary>
    public string Id { get; }

    /// <summary>What it is to do.</summary>
    public JobRequest Request { get; }

    /// <summary>When it began.</summary>
    public DateTimeOffset StartedAt { get; }

    /// <summary>How many messages it is to handle; null when only a look at all of them tells.</summary>
    public long? Total { get; }

    /// <summary>Until when it can be taken back; null when it cannot be taken back, or not any more.</summary>
    public DateTimeOffset? UndoUntil => Volatile.Read(ref _undo) is not null && _undoUntil > _broker.Time.GetUtcNow() ? _undoUntil : null;

    /// <summary>Whether it was taken back.</summary>
    public bool IsUndone { get; private set; }

    /// <summary>How far it is.</summary>
    public JobStatus Status => Volatile.Read(ref _ended) ?? _tally.ToStatus(_pace.IsPaused ? JobState.Paused : JobState.Running);

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => Volatile.Read(ref _ended) is not null;

    /// <summary>It stops before its next messages. Nothing happens when it has ended.</summary>
    public void Pause() => _pace.Pause();

    /// <summary>It goes on.</summary>
    public void Resume() => _pace.Resume(_tally.HandledCount);

    /// <summary>It ends before its next messages; what it has done stays done.</summary>
    public void Cancel()
    {
        if (!HasEnded)
        {
            _cancelled.Cancel();
        }
    }

    /// <inheritdoc/>
    /// <remarks>It has ended.</remarks>
    public void Dispose() => _cancelled.Dispose();

    /// <summary>Works until it has ended; never faults. A clean stop waits for it.</summary>
    internal async Task RunAsync()
    {
        await Task.Yield();
        try
        {
            await WorkAsync().ConfigureAwait(false);
        }
        finally
        {
            Request.Source.Services.Background.End();
        }
    }

    /// <summary>Takes back what it did, where that can be done for a time.</summary>
    /// <param name="index">The commit index to wait for; 0 when there is none.</param>
    public UndoStatus Undo(out ulong index)
    {
        index = 0;
        if (UndoUntil is null || Volatile.Read(ref _undo) is not { } undo)
        {
            return UndoStatus.TooLate;
        }

        UndoStatus status = undo.Run(out index);
        if (status is UndoStatus.Done or UndoStatus.TooLate)
        {
            Volatile.Write(ref _undo, null);
            IsUndone = status == UndoStatus.Done;
        }

        return status;
    }

    /// <summary>It has done everything at once.</summary>
    /// <param name="count">Messages.</param>
    /// <param name="undo">What takes it back for a time; null when nothing does.</param>
    internal void EndAtOnce(long count, IJobUndo? undo)
    {
        _tally.Do([], count);
        _undoUntil = _broker.Time.GetUtcNow() + PurgeUndo.Time;
        Volatile.Write(ref _undo, undo);
        End(JobState.Done, fault: null);
    }

    private async Task WorkAsync()
    {
        var reader = new BrowseReader(Request.Source.Log, Request.Filter is { ReadsBodies: true });
        try
        {
            while (!_cancelled.IsCancellationRequested && !IsOver())
            {
                await WaitAsync().ConfigureAwait(false);
                Step(reader);
                await reader.Loaded.WaitAsync(_cancelled.Token).ConfigureAwait(false);
            }

            await _broker.Durability.WaitAsync(_index, _cancelled.Token).ConfigureAwait(false);
            End(_cancelled.IsCancellationRequested ? JobState.Cancelled : JobState.Done, fault: null);
        }
        catch (OperationCanceledException)
        {
            End(JobState.Cancelled, fault: null);
        }
        catch (Exception fault)
        {
            End(JobState.Failed, fault.Message);
        }
        finally
        {
            reader.Dispose();
        }
    }

    private void End(JobState state, string? fault) =>
        Volatile.Write(ref _ended, _tally.ToStatus(state) with { Fault = fault, EndedAt = _broker.Time.GetUtcNow() });

    private bool IsOver() => Request.Sequences is { } sequences ? _at >= sequences.Count : _at >= _end;

    /// <summary>As publishers do, a job waits while the broker is short of something.</summary>
    private async Task WaitAsync()
    {
        await _pace.WaitAsync(_tally.HandledCount, _cancelled.Token).ConfigureAwait(false);
        while (Request.Kind is not JobKind.Delete && !Request.IsDryRun && (_broker.Admission.Reason ?? Request.Source.Host.Admission.Reason) is not null)
        {
            await Task.Delay(BlockedWait, _broker.Time, _cancelled.Token).ConfigureAwait(false);
        }

        await _broker.Durability.WaitForRoomAsync(_cancelled.Token).ConfigureAwait(false);
    }

    /// <summary>Handles the next messages, as far as they need not be read from the disk first.</summary>
    private void Step(BrowseReader reader)
    {
        if (Request.TargetQueue is { } target)
        {
            Check(target); // One that is deleted would take messages, and they would be lost.
        }

        Check(Request.Source);
        if (Request.Refusal() is { } refusal)
        {
            throw new InvalidOperationException(refusal);
        }

        lock (Request.Source.Log.Gate)
        {
            Take(reader);
            if (!_deleted.IsEmpty)
            {
                Delete();
            }
        }

        if (_slice.Count > 0)
        {
            _index = Math.Max(_index, _slice.Send(_broker.Deadlines.NowMs));
        }
    }

    /// <summary>Ends the job when a queue takes and gives no messages any more.</summary>
    private static void Check(Queue queue)
    {
        bool isGone;
        lock (queue.Log.Gate)
        {
            isGone = queue.IsClosed;
        }

        if (isGone || queue.OutOfService is not null)
        {
            throw new InvalidOperationException(isGone ? $"queue '{queue.Name}' is gone" : $"queue '{queue.Name}' is out of service: {queue.OutOfService}");
        }
    }

    /// <summary>Takes messages out of their queue, or copies them. Under the gate.</summary>
    private void Take(BrowseReader reader)
    {
        var view = new BrowseView(Request.Source);
        int stepMax = _pace.StepMax;
        for (int looked = 0; looked < TransferSlice.CountMax && _slice.Count + _deleted.Count < stepMax && !_slice.IsFull && TryFindNext(out long offset); looked++)
        {
            ReadStatus status = offset < _end && view.IsIn(BrowseSet.Waiting, offset) ? reader.Read(offset, out RecordView record) : Leave(out record);
            if (status == ReadStatus.Cold)
            {
                break;
            }

            Advance(offset);
            if (status == ReadStatus.Found && QueuedMessage.TryReadContent(record, out StoredMessage content))
            {
                _tally.Scan();
                TakeIfWanted(record, content, view);
            }
            else if (Request.Sequences is not null)
            {
                _tally.Leave(LeaveReason.Missing);
            }
        }

        reader.Unpin();
    }

    private static ReadStatus Leave(out RecordView record)
    {
        record = default;
        return ReadStatus.Gone;
    }

    private void TakeIfWanted(scoped in RecordView record, scoped in StoredMessage content, BrowseView view)
    {
        ReadOnlySpan<byte> body = record.ExternalBody is { } external ? external.Span[..content.BodyBytes] : content.Body;
        if (Request.Filter is { } filter && !filter.Fits(new FilterSubject(content, body, view.TriesOf(record.Offset))))
        {
            return;
        }

        bool isTaken = Request.Kind is JobKind.Copy || Request.IsDryRun || (Request.Source is SharedQueue shared && shared.Withdrawals.TryTake(record.Offset, content.BodyBytes));
        if (!isTaken)
        {
            return;
        }

        if (Request.Kind == JobKind.Delete)
        {
            _deleted.Add(record.Offset, record.Offset + 1);
        }
        else
        {
            _slice.Add(record);
        }
    }

    private void Delete()
    {
        _tally.Do([], _deleted.Count);
        if (!Request.IsDryRun)
        {
            Withdrawals withdrawals = ((SharedQueue)Request.Source).Withdrawals;
            _index = Math.Max(_index, withdrawals.Settle(_deleted.AsSpan(), unit: null));
            withdrawals.Forget(_deleted.AsSpan());
        }

        _deleted.Clear();
    }

    private bool TryFindNext(out long offset)
    {
        offset = -1;
        if (IsOver())
        {
            return false;
        }

        offset = Request.Sequences is { } sequences ? sequences[(int)_at] : Request.Source.Log.NextUnsettled(_at);
        if (Request.Sequences is null && offset >= _end)
        {
            _at = _end;
            return false;
        }

        return true;
    }

    private void Advance(long offset) => _at = Request.Sequences is null ? offset + 1 : _at + 1;
}
