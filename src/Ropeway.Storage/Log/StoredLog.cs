using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>
/// One log: an offset space, where its records lie, and which offsets are settled. Made and owned by the <see cref="Store"/>.
/// Every member except <see cref="Id"/>, <see cref="Gate"/>, <see cref="IsDurable"/> and <see cref="BatchBytesMax"/> is called with <see cref="Gate"/> held.
/// </summary>
public sealed class StoredLog
{
    /// <summary>Set in the ids of logs that are not durable.</summary>
    internal const ulong TransientBit = 1UL << 63;

    private const int PayloadBytesMax = 256 * 1024;
    private const int RecordBytesMax = 1024 * 1024;
    private const int RangesPerBatch = 1024;
    private const int MarksPerBatch = 1024;

    private readonly StoreSpaces _spaces;
    private LogIndex _index; // Mutable struct; this object is its only owner.
    private HorizonTrack _horizon; // The same.
    private int _settlingCount; // Not a long: an idle log is small.

    internal StoredLog(ulong id, StoreSpaces spaces)
    {
        Id = id;
        _spaces = spaces;
    }

    /// <summary>Never reused. Bit 63 is set for logs that are not durable.</summary>
    public ulong Id { get; }

    /// <summary>The gate of this log. It comes before the store's own locks; never hold two of them.</summary>
    public Lock Gate { get; } = new();

    /// <summary>False when nothing about this log is ever journalled.</summary>
    public bool IsDurable => (Id & TransientBit) == 0;

    /// <summary>Bytes of records that a batch of several takes in any case. Constant; needs no gate.</summary>
    public int BatchBytesMax => Math.Min(PayloadBytesMax, _spaces.BlockBytes / 2); // The rest of a block is for headers.

    /// <summary>The lowest offset that is unsettled; equals <see cref="EndOffset"/> when none is.</summary>
    public long StartOffset => _index.NextUnsettled(_index.Start);

    /// <summary>The next offset to be given (exclusive end).</summary>
    public long EndOffset => _index.End;

    /// <summary>Records that can be read: appended, neither settled nor kept nor lost.</summary>
    public long UnsettledCount => _index.UnsettledCount;

    /// <summary>Records that are kept: not unsettled, and not deleted.</summary>
    public long KeptCount => _index.Kept?.Count ?? 0;

    /// <summary>Of the unsettled ones, those that open units will settle or keep.</summary>
    public long SettlingCount => _settlingCount;

    /// <summary>The delivery horizon found at recovery, or the end at <see cref="CountAllAsDelivered"/>: unsettled offsets below it may have been delivered before.</summary>
    public long RecoveredHorizon { get; private set; }

    /// <summary>The highest horizon that is durable: offsets below it may be delivered.</summary>
    public long DurableHorizon
    {
        get
        {
            _horizon.Roll(_spaces.CommittedIndex);
            return _horizon.Durable;
        }
    }

    /// <summary>The horizon asked for last.</summary>
    public long PendingHorizon => _horizon.Pending;

    /// <summary>Offsets that have a mark.</summary>
    public int MarkCount => _index.Marks?.Count ?? 0;

    /// <summary>All marks, in no order. The log must not change meanwhile.</summary>
    public IEnumerable<OffsetMark> Marks => _index.Marks?.All() ?? [];

    /// <summary>Null, or why this log is quarantined: it accepts no append and no delivery.</summary>
    public string? Quarantine { get; private set; }

    internal ref LogIndex Index => ref _index;

    internal StoreSpaces Spaces => _spaces;

    internal bool IsDeleted { get; private set; }

    /// <summary>Takes offsets and space for a batch.</summary>
    /// <param name="recordCount">Records in the batch, at least 1.</param>
    /// <param name="payloadBytes">Sum of their lengths: at most 256 KiB unless there is one record only, which is below 1 MiB.</param>
    /// <param name="persistent">True to journal the batch; ignored (false) when the log is not durable.</param>
    /// <param name="tag">The owner's byte (the priority level), kept with the batch.</param>
    /// <param name="unit">The unit that the batch belongs to, or null. Readable at once; the unit's end decides whether it stays.</param>
    /// <exception cref="StoreFailedException">The store has failed before.</exception>
    /// <exception cref="InvalidOperationException">The log is quarantined or deleted, or the unit has ended.</exception>
    public AppendSpace BeginAppend(int recordCount, int payloadBytes, bool persistent, byte tag, AtomicUnit? unit = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(recordCount, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(payloadBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payloadBytes, recordCount == 1 ? RecordBytesMax : PayloadBytesMax);
        int bytes = payloadBytes + (recordCount * AppendSpace.RecordHeaderBytes);
        return Begin(recordCount, bytes, persistent, tag, bodyId: 0, unit);
    }

    /// <summary>Like <see cref="BeginAppend"/>, for one record whose body was written before by <see cref="Store.WriteBodyAsync"/>.</summary>
    /// <param name="payloadBytes">Length of what is kept beside the body (the envelope), below 1 MiB.</param>
    /// <param name="persistent">As in <see cref="BeginAppend"/>.</param>
    /// <param name="tag">As in <see cref="BeginAppend"/>.</param>
    /// <param name="bodyId">The id that WriteBodyAsync returned; its writer or an unsettled record still holds it.</param>
    /// <param name="unit">As in <see cref="BeginAppend"/>.</param>
    /// <exception cref="StoreFailedException">The store has failed before.</exception>
    /// <exception cref="InvalidOperationException">The log is quarantined or deleted, nobody holds the body any more, or the unit has ended.</exception>
    public AppendSpace BeginAppendExternal(int payloadBytes, bool persistent, byte tag, ulong bodyId, AtomicUnit? unit = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payloadBytes, RecordBytesMax);
        _spaces.Bodies.AddReference(bodyId);
        try
        {
            int bytes = AppendSpace.ExternalHeaderBytes + AppendSpace.RecordHeaderBytes + payloadBytes;
            AppendSpace space = Begin(1, bytes, persistent, tag, bodyId, unit);
            space.WriteBodyId(bodyId);
            return space;
        }
        catch
        {
            _spaces.Bodies.RemoveReference(bodyId);
            throw;
        }
    }

    /// <summary>Takes journal space for what records of several logs of this store have in common. Needs no gate; those of logs may be held.</summary>
    /// <param name="bytes">Its length, at most 1 MiB.</param>
    /// <exception cref="StoreFailedException">The store has failed before.</exception>
    public SharedSpace BeginShared(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, RecordBytesMax);
        return new SharedSpace(_spaces.Journal, _spaces.Journal.Reserve(new BatchRequest { Type = BatchType.SharedPart, PayloadBytes = bytes }));
    }

    /// <summary>Like <see cref="BeginAppend"/>, for persistent records that go on in a shared part, which readers and the mover find together with them.</summary>
    /// <param name="recordCount">Records in the batch, at least 1.</param>
    /// <param name="payloadBytes">Sum of the lengths of what is their own.</param>
    /// <param name="tag">As in <see cref="BeginAppend"/>.</param>
    /// <param name="shared">What they refer to.</param>
    /// <param name="unit">As in <see cref="BeginAppend"/>.</param>
    /// <param name="space">The space, to be filled with <see cref="AppendSpace.AddReferring"/>.</param>
    /// <returns>False when the journal has gone on too far: the part has to be written anew, or the records in full.</returns>
    /// <exception cref="StoreFailedException">The store has failed before.</exception>
    /// <exception cref="InvalidOperationException">The log is quarantined, deleted or not durable, or the unit has ended.</exception>
    public bool TryBeginReferring(int recordCount, int payloadBytes, byte tag, SharedPart shared, AtomicUnit? unit, out AppendSpace space)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(recordCount, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(payloadBytes);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(payloadBytes, recordCount == 1 ? RecordBytesMax : PayloadBytesMax);
        ThrowUnlessOpen(unit);
        if (!IsDurable)
        {
            throw new InvalidOperationException($"Log {Id} is not durable: nothing in it is journalled.");
        }

        int bytes = payloadBytes + (recordCount * (AppendSpace.RecordHeaderBytes + AppendSpace.ReferenceBytes)) + SharedReference.Bytes;
        BatchRequest request = MessagesRequest(recordCount, bytes, tag, BatchHeader.Referring, unit);
        space = default;
        if (!_spaces.Journal.TryReserveNear(request, shared.Position, SharedReference.SpanBytesMax, out TailReservation reservation))
        {
            return false;
        }

        space = Begin(reservation, request, shared.Position, bodyId: 0, unit);
        space.WriteReference(new SharedReference((int)(reservation.Position - shared.Position), SharedBytes: 0));
        return true;
    }

    /// <summary>Settles offsets: they are never read again. Unknown and already settled offsets are ignored.</summary>
    /// <param name="ranges">The offsets.</param>
    /// <param name="unit">The unit that the settlement belongs to, or null. With one they stay unsettled until it is complete.</param>
    /// <returns>The index to wait for, under a unit that of the unit instead; 0 when nothing had to be journalled.</returns>
    /// <exception cref="InvalidOperationException">The unit has ended.</exception>
    public ulong Settle(ReadOnlySpan<OffsetRange> ranges, AtomicUnit? unit = null) => Change(BatchType.Settle, ranges, unit);

    /// <summary>
    /// Keeps unsettled offsets: they are not unsettled any more, lose their marks, and stay where they are until they are settled, or
    /// unsettled again by <see cref="Revive"/>. Others are ignored. What was journalled is kept over a restart.
    /// </summary>
    /// <param name="ranges">The offsets.</param>
    /// <param name="unit">The unit that it belongs to, or null. With one they stay unsettled until it is complete.</param>
    /// <returns>The index to wait for, under a unit that of the unit instead; 0 when nothing had to be journalled.</returns>
    /// <exception cref="InvalidOperationException">The unit has ended.</exception>
    public ulong Keep(ReadOnlySpan<OffsetRange> ranges, AtomicUnit? unit = null) => Change(BatchType.Keep, ranges, unit);

    /// <summary>Makes kept offsets unsettled again. Others are ignored.</summary>
    /// <param name="ranges">The offsets.</param>
    /// <returns>The index to wait for; 0 when nothing had to be journalled.</returns>
    public ulong Revive(ReadOnlySpan<OffsetRange> ranges) => Change(BatchType.Revive, ranges, unit: null);

    /// <summary>Marks one message; see the other overload.</summary>
    /// <returns>The index to wait for, under a unit that of the unit instead; 0 when nothing had to be journalled.</returns>
    /// <exception cref="InvalidOperationException">The unit has ended.</exception>
    public ulong Mark(long offset, ulong value, AtomicUnit? unit = null) => Mark([new OffsetMark(offset, value)], unit);

    /// <summary>
    /// Keeps a value with each of some unsettled messages until it is settled; the last value wins, 0 removes it. Marks of
    /// persistent messages survive a restart. Offsets that are not unsettled are ignored.
    /// </summary>
    /// <param name="marks">The values.</param>
    /// <param name="unit">The unit that the marks belong to, or null. With one they are there when it is complete.</param>
    /// <returns>The index to wait for, under a unit that of the unit instead; 0 when nothing had to be journalled.</returns>
    /// <exception cref="InvalidOperationException">The unit has ended.</exception>
    public ulong Mark(ReadOnlySpan<OffsetMark> marks, AtomicUnit? unit = null)
    {
        unit?.ThrowIfEnded();
        ulong index = 0;
        while (marks.Length > 0)
        {
            ReadOnlySpan<OffsetMark> batch = marks[..Math.Min(marks.Length, MarksPerBatch)];
            marks = marks[batch.Length..];
            int durableCount = 0;
            foreach (OffsetMark mark in batch)
            {
                if (unit is null)
                {
                    _index.Mark(mark.Offset, mark.Value);
                }
                else
                {
                    unit.OnMarked(this, mark);
                }

                durableCount += IsDurablyUnsettled(mark.Offset) ? 1 : 0;
            }

            if (durableCount > 0)
            {
                index = JournalMarks(batch, durableCount, unit);
            }
        }

        return index;
    }

    /// <summary>The mark of a message.</summary>
    /// <returns>False when it has none.</returns>
    public bool TryGetMark(long offset, out ulong value)
    {
        value = 0;
        return _index.Marks is not null && _index.Marks.TryGet(offset, out value);
    }

    /// <summary>Announces that offsets below <paramref name="horizon"/> may be delivered. Never lowers it.</summary>
    /// <returns>The index to wait for; 0 when the horizon is there already or the log is not durable.</returns>
    public ulong AdvanceHorizon(long horizon)
    {
        if (horizon > PendingHorizon)
        {
            return SetHorizon(horizon);
        }

        _horizon.Roll(_spaces.CommittedIndex);
        return _horizon.PendingIndex;
    }

    /// <summary>Sets the horizon to what was really delivered, which may be lower: when nothing more is delivered for now. The durable horizon falls at once.</summary>
    /// <returns>The index to wait for; 0 when nothing had to be journalled.</returns>
    public ulong SetHorizonExactly(long horizon)
    {
        _horizon.Roll(_spaces.CommittedIndex);
        return horizon == PendingHorizon ? _horizon.PendingIndex : SetHorizon(horizon);
    }

    /// <summary>The lowest readable offset at or above <paramref name="from"/>; <see cref="EndOffset"/> when there is none.</summary>
    public long NextUnsettled(long from) => _index.NextUnsettled(from);

    /// <summary>The unsettled offsets from <paramref name="start"/> up to <paramref name="end"/>, exclusive, as ranges in ascending order. The log must not change meanwhile.</summary>
    public IEnumerable<OffsetRange> UnsettledRanges(long start, long end)
    {
        end = Math.Min(end, EndOffset);
        for (long first = _index.NextUnsettled(start); first < end; first = _index.NextUnsettled(first))
        {
            long last = _index.UnsettledEnd(first, end);
            yield return new OffsetRange(first, last);
            first = last;
        }
    }

    /// <summary>Offsets from <paramref name="start"/> up to <paramref name="end"/>, exclusive, that are not settled; kept ones count.</summary>
    public long CountLive(long start, long end) => _index.LiveIn(start, Math.Min(end, EndOffset));

    /// <summary>All readable offsets as ranges in ascending order, each with the tag of its batch. The log must not change meanwhile.</summary>
    public IEnumerable<(OffsetRange Range, byte Tag)> UnsettledRanges()
    {
        RunTable? runs = _index.Runs;
        for (int place = runs?.Head ?? 0; place < (runs?.End ?? 0); place++)
        {
            Run run = runs![place];
            long start = run.Live == 0 ? run.End : _index.NextUnsettled(run.First);
            while (start < run.End)
            {
                long end = _index.UnsettledEnd(start, run.End);
                yield return (new OffsetRange(start, end), run.Tag);
                start = _index.NextUnsettled(end);
            }
        }
    }

    /// <summary>The kept offsets from <paramref name="start"/> up to <paramref name="end"/>, exclusive, as ranges in ascending order. The log must not change meanwhile.</summary>
    public IEnumerable<OffsetRange> KeptRanges(long start, long end)
    {
        OffsetSet? kept = _index.Kept;
        for (long first = kept?.NextSet(start) ?? end; first < end; first = kept!.NextSet(first))
        {
            long last = Math.Min(end, kept!.NextUnset(first));
            yield return new OffsetRange(first, last);
            first = last;
        }
    }

    /// <summary>The tag of the batch of an unsettled or kept record; 0 for others.</summary>
    public byte TagOf(long offset)
    {
        RunTable? runs = _index.Runs;
        int place = runs?.Find(offset) ?? 0;
        return runs is not null && place < runs.End && runs[place].First <= offset ? runs[place].Tag : (byte)0;
    }

    /// <summary>Whether a batch with this tag has unsettled or kept offsets.</summary>
    public bool HasTag(byte tag)
    {
        RunTable? runs = _index.Runs;
        for (int place = runs?.Head ?? 0; place < (runs?.End ?? 0); place++)
        {
            if (runs![place].Live > 0 && runs[place].Tag == tag)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>All records, also kept ones, with what they take on the disk, in ascending order: as a recovery has left them, before anything is appended.</summary>
    /// <remarks>What lies in the journal, among other logs' batches, is estimated from the sum of all of it.</remarks>
    public IEnumerable<LogExtent> RecoveredExtents()
    {
        long journalCount = 0;
        RunTable? runs = _index.Runs;
        for (int place = runs?.Head ?? 0; place < (runs?.End ?? 0); place++)
        {
            journalCount += runs![place].Kind == RunKind.Journal ? runs[place].Live : 0;
        }

        for (int place = runs?.Head ?? 0; place < (runs?.End ?? 0); place++)
        {
            Run run = runs![place];
            long bytes = run.Kind == RunKind.Journal ? Math.Min(run.Bytes, (long)((double)runs.RecoveredJournalBytes * run.Live / journalCount)) : run.Bytes;
            if (run.Live > 0)
            {
                yield return new LogExtent(run.First, run.End, bytes, run.IsExternal ? _index.BodyOf(run.First) : 0);
            }
        }
    }

    /// <summary>What the body of an extent takes on the disk; 0 when it has none, or that is not there. Asks the disk: without the gate.</summary>
    public long BodyBytesOf(in LogExtent extent) => extent.BodyId == 0 ? 0 : _spaces.Bodies.BytesOf(extent.BodyId);

    /// <summary>A reader of its own place. Dispose it under the gate.</summary>
    /// <param name="withBodies">False to get records without their external bodies, which are not read then.</param>
    public LogReader OpenReader(bool withBodies = true) => new(this, withBodies);

    /// <summary>Holds the external body of an unsettled record, if it has one, until <see cref="LetBodyGo"/>, whatever becomes of the record.</summary>
    public void HoldBody(ulong bodyId)
    {
        if (bodyId != 0)
        {
            _spaces.Bodies.AddReference(bodyId);
        }
    }

    /// <summary>Ends <see cref="HoldBody"/>.</summary>
    public void LetBodyGo(ulong bodyId)
    {
        if (bodyId != 0)
        {
            _spaces.Bodies.RemoveReference(bodyId);
        }
    }

    /// <summary>Its user begins anew, as after a recovery: whatever is unsettled may have been delivered before.</summary>
    public void CountAllAsDelivered() => RecoveredHorizon = EndOffset;

    /// <summary>Takes the log out of service; the first reason stays.</summary>
    internal void SetQuarantine(string reason)
    {
        if (Quarantine is null)
        {
            Quarantine = reason;
            _spaces.OnQuarantined(this);
        }
    }

    /// <summary>Takes the log back into service, unless it has lost something that is not settled.</summary>
    internal void EndQuarantine()
    {
        if (Quarantine is not null && !_index.HasDamage)
        {
            Quarantine = null;
            _spaces.OnQuarantineEnded();
        }
    }

    /// <summary>Drops everything the log has; it accepts nothing afterwards.</summary>
    internal void Delete()
    {
        IsDeleted = true;
        _index.Clear(_spaces);
    }

    /// <summary>Gives back memory that an idle log does not need.</summary>
    internal void TrimIdle()
    {
        _index.TrimIdle();
        _horizon.Roll(_spaces.CommittedIndex);
        _horizon.TrimIdle();
    }

    /// <summary>A unit has ended that was to settle or keep these.</summary>
    internal void EndSettling(BatchType change, long start, long end, bool isComplete)
    {
        _settlingCount -= (int)(end - start);
        if (isComplete)
        {
            _index.Change(change, start, end, _spaces);
        }
    }

    internal void RecoverHorizon(long horizon)
    {
        RecoveredHorizon = horizon;
        _horizon = new HorizonTrack(horizon);
    }

    private AppendSpace Begin(int recordCount, int bytes, bool persistent, byte tag, ulong bodyId, AtomicUnit? unit)
    {
        ThrowUnlessOpen(unit);
        bool isJournalled = persistent && IsDurable;
        BatchRequest request = MessagesRequest(recordCount, bytes, tag, bodyId == 0 ? (byte)0 : BatchHeader.ExternalBody, isJournalled ? unit : null);
        TailReservation reservation = (isJournalled ? _spaces.Journal : _spaces.Transient).Reserve(request);
        return Begin(reservation, request, reservation.Position, bodyId, unit);
    }

    /// <summary>Notes a batch of messages for which space was reserved.</summary>
    /// <param name="reservation">The space.</param>
    /// <param name="request">What was asked for.</param>
    /// <param name="runPosition">Where its run begins: at the batch, or at the shared part before it.</param>
    /// <param name="bodyId">The external body, or 0.</param>
    /// <param name="unit">The unit that it belongs to, or null.</param>
    private AppendSpace Begin(scoped in TailReservation reservation, scoped in BatchRequest request, long runPosition, ulong bodyId, AtomicUnit? unit)
    {
        bool isJournalled = reservation.Index != 0;
        int prefixBytes = 0;
        if (unit is not null)
        {
            unit.OnAppended(this, request.FirstOffset, request.Count);
            if (isJournalled)
            {
                unit.WritePrefix(reservation);
                prefixBytes = AtomicUnit.PrefixBytes;
            }
        }

        Run run = new()
        {
            First = request.FirstOffset,
            Where = (ulong)runPosition,
            Span = (uint)request.Count,
            Live = (uint)request.Count,
            Bytes = (uint)(reservation.Position - runPosition) + (uint)BatchHeader.BatchBytesFor(request.PayloadBytes),
            Kind = isJournalled ? RunKind.Journal : RunKind.Transient,
            Tag = request.Tag,
            Flags = Run.FlagsOf(request.Flags),
        };
        _index.Append(run, bodyId, _spaces.BlockBytes);
        return new AppendSpace(isJournalled ? _spaces.Journal : _spaces.Transient, reservation, prefixBytes, request.FirstOffset, request.Count);
    }

    private void ThrowUnlessOpen(AtomicUnit? unit)
    {
        unit?.ThrowIfEnded();
        if (Quarantine is not null || IsDeleted)
        {
            ThrowClosed();
        }
    }

    private BatchRequest MessagesRequest(int recordCount, int bytes, byte tag, byte flags, AtomicUnit? journalledUnit) => new()
    {
        Type = BatchType.Messages,
        PayloadBytes = bytes + (journalledUnit is null ? 0 : AtomicUnit.PrefixBytes),
        LogId = Id,
        FirstOffset = _index.End,
        Count = recordCount,
        Tag = tag,
        Flags = (byte)(flags | FlagOf(journalledUnit)),
    };

    private static byte FlagOf(AtomicUnit? unit) => unit is null ? (byte)0 : BatchHeader.InUnit;

    /// <summary>Settles, keeps or revives.</summary>
    private ulong Change(BatchType change, ReadOnlySpan<OffsetRange> ranges, AtomicUnit? unit)
    {
        unit?.ThrowIfEnded();
        ulong index = 0;
        while (ranges.Length > 0)
        {
            ReadOnlySpan<OffsetRange> batch = ranges[..Math.Min(ranges.Length, RangesPerBatch)];
            ranges = ranges[batch.Length..];
            bool isDurable = false;
            foreach (OffsetRange range in batch)
            {
                long end = Math.Min(range.End, _index.End);
                isDurable |= unit is null ? _index.Change(change, range.Start, end, _spaces) : ChangeLater(change, new OffsetRange(range.Start, end), unit);
            }

            if (isDurable && IsDurable)
            {
                index = JournalRanges(change, batch, unit);
            }
        }

        return index;
    }

    /// <returns>True when a durable record will be settled or kept.</returns>
    private bool ChangeLater(BatchType change, OffsetRange range, AtomicUnit unit)
    {
        if (range.Count == 0)
        {
            return false;
        }

        unit.OnSettled(this, change, range);
        _settlingCount += (int)range.Count;
        return _index.TouchesDurable(range.Start, range.End);
    }

    private ulong JournalRanges(BatchType change, ReadOnlySpan<OffsetRange> ranges, AtomicUnit? unit)
    {
        TailReservation reservation = Reserve(change, ranges[0].Start, ranges.Length, ranges.Length * 16, unit, out Span<byte> payload);
        foreach (OffsetRange range in ranges)
        {
            // Clipped: offsets that were not given yet must not be settled or kept by a replay.
            BinaryPrimitives.WriteInt64LittleEndian(payload, range.Start);
            BinaryPrimitives.WriteInt64LittleEndian(payload[8..], Math.Min(range.End, _index.End));
            payload = payload[16..];
        }

        _spaces.Journal.Filled(reservation);
        return reservation.Index;
    }

    /// <summary>Journal space for a batch of anything but messages.</summary>
    private TailReservation Reserve(BatchType type, long firstOffset, int count, int payloadBytes, AtomicUnit? unit, out Span<byte> payload)
    {
        int prefixBytes = unit is null ? 0 : AtomicUnit.PrefixBytes;
        TailReservation reservation = _spaces.Journal.Reserve(new BatchRequest
        {
            Type = type,
            PayloadBytes = prefixBytes + payloadBytes,
            LogId = Id,
            FirstOffset = firstOffset,
            Count = count,
            Flags = FlagOf(unit),
        });
        unit?.WritePrefix(reservation);
        payload = reservation.Payload[prefixBytes..];
        return reservation;
    }

    private bool IsDurablyUnsettled(long offset) => IsDurable && _index.IsUnsettled(offset) && _index.TouchesDurable(offset, offset + 1);

    /// <summary>Journals the marks of durable messages only: others have no offset, or another one, after a restart.</summary>
    private ulong JournalMarks(ReadOnlySpan<OffsetMark> marks, int durableCount, AtomicUnit? unit)
    {
        TailReservation reservation = Reserve(BatchType.Marks, marks[0].Offset, durableCount, durableCount * 16, unit, out Span<byte> payload);
        foreach (OffsetMark mark in marks)
        {
            if (IsDurablyUnsettled(mark.Offset))
            {
                BinaryPrimitives.WriteInt64LittleEndian(payload, mark.Offset);
                BinaryPrimitives.WriteUInt64LittleEndian(payload[8..], mark.Value);
                payload = payload[16..];
            }
        }

        _spaces.Journal.Filled(reservation);
        return reservation.Index;
    }

    private ulong SetHorizon(long horizon)
    {
        if (!IsDurable)
        {
            _horizon = new HorizonTrack(horizon);
            return 0;
        }

        TailReservation reservation = Reserve(BatchType.Horizon, horizon, count: 1, payloadBytes: 8, unit: null, out Span<byte> payload);
        BinaryPrimitives.WriteInt64LittleEndian(payload, horizon);
        _spaces.Journal.Filled(reservation);
        _horizon.Add(horizon, reservation.Index, _spaces.CommittedIndex);
        return reservation.Index;
    }

    [DoesNotReturn]
    private void ThrowClosed() =>
        throw new InvalidOperationException(IsDeleted ? $"Log {Id} is deleted." : $"Log {Id} is quarantined: {Quarantine}");
}
