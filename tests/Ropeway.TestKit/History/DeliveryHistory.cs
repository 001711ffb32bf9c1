namespace Ropeway.TestKit.History;

/// <summary>
/// Checks what producers and consumers see against what a broker promises, while it happens. Callers report an action before they
/// take it (publish, ack, requeue, end) and an observation as soon as they have it (delivery, confirm, reply). Thread-safe.
/// </summary>
public sealed class DeliveryHistory
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TrackedQueue> _queues = new(StringComparer.Ordinal);
    private readonly Dictionary<int, List<TrackedStream>> _producers = [];
    private readonly List<TrackedSession> _sessions = [];
    private readonly HashSet<TrackedSession> _liveSessions = [];
    private readonly ViolationLog _violations = new();
    private readonly HistoryCounts _counts = new();
    private readonly DeliveryRules _rules;
    private long _clock;
    private long _crashClock = -1;
    private long _confirmedInEpoch;
    private long _publishedInEpoch;
    private bool _isCrashing;

    /// <summary>An empty history.</summary>
    public DeliveryHistory() => _rules = new DeliveryRules(_sessions, _violations, _counts);

    /// <summary>The first violations.</summary>
    public IReadOnlyList<Violation> Violations
    {
        get
        {
            lock (_gate)
            {
                return _violations.Kept;
            }
        }
    }

    /// <summary>How often each promise was broken.</summary>
    public IReadOnlyDictionary<ViolationKind, int> ViolationCounts
    {
        get
        {
            lock (_gate)
            {
                return _violations.Counts;
            }
        }
    }

    /// <summary>Totals so far.</summary>
    public HistoryCounts Counts
    {
        get
        {
            lock (_gate)
            {
                return _counts with { };
            }
        }
    }

    /// <summary>Messages confirmed since the last crash.</summary>
    public long ConfirmedSinceCrash
    {
        get
        {
            lock (_gate)
            {
                return _confirmedInEpoch;
            }
        }
    }

    /// <summary>Messages published since the last crash that nothing was heard of.</summary>
    public long InFlight
    {
        get
        {
            lock (_gate)
            {
                return _publishedInEpoch - _confirmedInEpoch;
            }
        }
    }

    /// <summary>Says that a producer's messages go to these queues, to each of them.</summary>
    public void DeclareProducer(int producer, params ReadOnlySpan<string> queues)
    {
        lock (_gate)
        {
            var streams = new List<TrackedStream>();
            foreach (string queue in queues)
            {
                TrackedQueue tracked = Queue(queue);
                var stream = new TrackedStream(producer, tracked);
                tracked.Streams.Add(producer, stream);
                streams.Add(stream);
            }

            _producers.Add(producer, streams);
        }
    }

    /// <summary>A message is about to be published; gives its sequence.</summary>
    /// <param name="producer">A declared producer.</param>
    /// <param name="mayBeLost">A transient message, which a crash may take.</param>
    public long Publish(int producer, bool mayBeLost = false)
    {
        lock (_gate)
        {
            _clock++;
            _counts.Published++;
            _publishedInEpoch++;
            List<TrackedStream> streams = _producers[producer];
            foreach (TrackedStream stream in streams)
            {
                stream.Add(_clock, mayBeLost);
            }

            return streams[0].Count - 1;
        }
    }

    /// <summary>The broker answered a publish.</summary>
    public void Resolve(int producer, long sequence, PublishOutcome outcome)
    {
        lock (_gate)
        {
            _confirmedInEpoch++;
            _counts.Confirmed += outcome == PublishOutcome.Confirmed ? 1 : 0;
            foreach (TrackedStream stream in _producers[producer])
            {
                stream[sequence].Outcome = outcome;
                if (outcome == PublishOutcome.Returned)
                {
                    _violations.Add(ViolationKind.TopologyLost, $"{stream.Name(sequence)} was returned as unroutable");
                }
            }
        }
    }

    /// <summary>A consumer starts; gives the id of its session.</summary>
    /// <param name="queue">Its queue.</param>
    /// <param name="isStrict">It is alone and nobody requeues, so that even redeliveries must come in order.</param>
    public int StartSession(string queue, bool isStrict = false)
    {
        lock (_gate)
        {
            var session = new TrackedSession(_sessions.Count, Queue(queue), isStrict);
            _sessions.Add(session);
            _liveSessions.Add(session);
            if (_isCrashing)
            {
                End(session);
            }

            return session.Id;
        }
    }

    /// <summary>A message came.</summary>
    public void Deliver(int session, ulong tag, ReadOnlySpan<byte> body, bool isRedelivered)
    {
        bool isIntact = MessageBody.TryRead(body, out int producer, out long sequence);
        lock (_gate)
        {
            _clock++;
            _counts.Delivered++;
            _counts.Redelivered += isRedelivered ? 1 : 0;
            TrackedSession to = _sessions[session];
            if (!isIntact)
            {
                _violations.Add(ViolationKind.Corrupted, $"{to.Queue.Name} delivered {body.Length} octets with a wrong checksum");
                return;
            }

            if (!to.Queue.Streams.TryGetValue(producer, out TrackedStream? stream) || sequence < 0 || sequence >= stream.Count)
            {
                _violations.Add(ViolationKind.Phantom, $"{to.Queue.Name} delivered producer {producer} sequence {sequence}, which was never published to it");
                return;
            }

            ref TrackedMessage message = ref stream[sequence];
            stream.High = Math.Max(stream.High, sequence);
            if (to.IsStale)
            {
                message.Deliveries++; // On its way when the session was ended: the broker may have given it to another one since.
                return;
            }

            _rules.Check(stream, sequence, to, isRedelivered);
            _counts.UnconfirmedDelivered += message is { Outcome: PublishOutcome.Unknown, Deliveries: 0 } && message.PublishedAt < _crashClock ? 1 : 0;
            message.Deliveries++;
            message.Custody = Custody.Held;
            message.Session = to.Id;
            to.Held[tag] = (stream, sequence);
        }
    }

    /// <summary>An ack is about to be written.</summary>
    public void Acknowledge(int session, ulong tag, bool isMultiple = false)
    {
        lock (_gate)
        {
            TrackedSession by = _sessions[session];
            foreach ((TrackedStream stream, long sequence) in by.TakeHeld(tag, isMultiple))
            {
                ref TrackedMessage message = ref stream[sequence];
                by.Unsettled.Enqueue((stream, sequence));
                by.AckCount++;
                if (message.Session == by.Id && message.Custody == Custody.Held)
                {
                    message.Custody = Custody.Acked;
                }
            }
        }
    }

    /// <summary>A requeue is about to be written.</summary>
    public void Requeue(int session, ulong tag, bool isMultiple = false)
    {
        lock (_gate)
        {
            TrackedSession by = _sessions[session];
            foreach ((TrackedStream stream, long sequence) in by.TakeHeld(tag, isMultiple))
            {
                Release(stream, sequence, by, Custody.Held);
            }
        }
    }

    /// <summary>A recover of the whole channel is about to be written. Call <see cref="EndRecover"/> at its reply.</summary>
    public void BeginRecover(int session)
    {
        lock (_gate)
        {
            TrackedSession by = _sessions[session];
            by.Queue.EndingSessions++;
            by.IsStale = true;
            ReleaseHeld(by);
        }
    }

    /// <summary>The recover was answered: what came in between was returned, too.</summary>
    public void EndRecover(int session)
    {
        lock (_gate)
        {
            TrackedSession by = _sessions[session];
            by.IsStale = false;
            by.Queue.EndingSessions--;
            by.Queue.LastUnseenAt = _clock;
        }
    }

    /// <summary>Before a synchronous method or a publish is written: what its reply will settle.</summary>
    public long MarkAcks(int session)
    {
        lock (_gate)
        {
            return _sessions[session].AckCount;
        }
    }

    /// <summary>The reply or confirm came: the acks up to the mark are settled.</summary>
    public void Settle(int session, long mark)
    {
        lock (_gate)
        {
            TrackedSession by = _sessions[session];
            for (; by.SettledCount < mark; by.SettledCount++)
            {
                (TrackedStream stream, long sequence) = by.Unsettled.Dequeue();
                ref TrackedMessage message = ref stream[sequence];
                if (message.Session == by.Id && message.Custody == Custody.Acked)
                {
                    message.Custody = Custody.Settled;
                    _counts.Settled++;
                }
            }
        }
    }

    /// <summary>The session is about to be closed: what it holds may go to others from now on.</summary>
    public void EndSession(int session)
    {
        lock (_gate)
        {
            End(_sessions[session]);
            _sessions[session].IsStale = true;
        }
    }

    /// <summary>The broker has confirmed the end of the session: nothing is delivered to it any more.</summary>
    public void GoneSession(int session)
    {
        lock (_gate)
        {
            Gone(_sessions[session]);
        }
    }

    /// <summary>The broker is about to be killed: all sessions end.</summary>
    public void BeginCrash()
    {
        lock (_gate)
        {
            _isCrashing = true;
            foreach (TrackedSession session in _liveSessions)
            {
                End(session);
            }
        }
    }

    /// <summary>The broker is dead and all that it had sent has been read. Gives what was in flight.</summary>
    public long EndCrash()
    {
        lock (_gate)
        {
            _clock++;
            foreach (TrackedSession session in _liveSessions)
            {
                Gone(session, isLast: true);
            }

            _liveSessions.Clear();
            foreach (TrackedStream stream in _producers.Values.SelectMany(streams => streams))
            {
                stream.HighBeforeCrash = stream.High;
            }

            long inFlight = _publishedInEpoch - _confirmedInEpoch;
            _counts.InFlightAtCrashes += inFlight;
            (_publishedInEpoch, _confirmedInEpoch) = (0, 0);
            _crashClock = _clock;
            _isCrashing = false;
            return inFlight;
        }
    }

    /// <summary>All queues have been drained and every ack settled: what is missing is lost.</summary>
    public void Finish()
    {
        lock (_gate)
        {
            foreach (TrackedStream stream in _producers.Values.SelectMany(streams => streams))
            {
                for (long sequence = 0; sequence < stream.Count; sequence++)
                {
                    ref TrackedMessage message = ref stream[sequence];
                    bool wasCrashed = message.PublishedAt < _crashClock;
                    if (message.Outcome == PublishOutcome.Confirmed && message.Custody is Custody.Ready or Custody.Held && !(message.MayBeLost && wasCrashed))
                    {
                        _violations.Add(ViolationKind.Lost, $"{stream.Name(sequence)} was confirmed, delivered {message.Deliveries} times, never settled, and is gone");
                    }
                }
            }
        }
    }

    /// <summary>Reports what the history cannot see by itself: topology.</summary>
    public void Report(ViolationKind kind, string detail)
    {
        lock (_gate)
        {
            _violations.Add(kind, detail);
        }
    }

    private static void Release(TrackedStream stream, long sequence, TrackedSession by, Custody from)
    {
        ref TrackedMessage message = ref stream[sequence];
        if (message.Session == by.Id && message.Custody == from)
        {
            message.Custody = Custody.Ready;
        }
    }

    private static void ReleaseHeld(TrackedSession by)
    {
        foreach ((TrackedStream stream, long sequence) in by.Held.Values)
        {
            Release(stream, sequence, by, Custody.Held);
        }

        by.Held.Clear();
    }

    private TrackedQueue Queue(string name)
    {
        if (!_queues.TryGetValue(name, out TrackedQueue? queue))
        {
            _queues.Add(name, queue = new TrackedQueue(name));
        }

        return queue;
    }

    private static void End(TrackedSession session)
    {
        if (session.HasEnded)
        {
            return;
        }

        session.HasEnded = true;
        session.Queue.EndingSessions++;
    }

    private void Gone(TrackedSession session, bool isLast = false)
    {
        End(session);
        if (session.IsGone)
        {
            return;
        }

        session.IsGone = true;
        session.Queue.EndingSessions--;
        session.Queue.LastUnseenAt = _clock;
        ReleaseHeld(session);
        if (!isLast)
        {
            _liveSessions.Remove(session);
        }
    }
}
