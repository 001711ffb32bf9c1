using System.Diagnostics;

namespace Ropeway.Server.Bench;

/// <summary>
/// One load run from the first declare to the result: connect, warm up, measure, drain, close, clean up. Runs on the
/// calling thread; every wait in it has a bound, so it always ends by itself.
/// </summary>
internal sealed class BenchRun : IDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan SamplePeriod = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan CountedRunMax = TimeSpan.FromHours(2);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly AmqpBenchOptions _options;
    private readonly LoadShape _shape;
    private readonly RunControl _control = new();
    private readonly Crew _crew;
    private readonly UsageProbe _probe;
    private readonly StallWatch _stall;
    private readonly CancellationToken _interrupted;
    private long _lastSampleTicks;

    /// <summary>Makes a run; nothing is connected yet.</summary>
    /// <param name="options">What to do.</param>
    /// <param name="interrupted">Ends the run early, as a fault.</param>
    public BenchRun(AmqpBenchOptions options, CancellationToken interrupted)
    {
        _options = options;
        _shape = LoadShape.Of(options);
        _crew = new Crew(options, _shape, _control);
        _probe = new UsageProbe(options.BrokerProcessId);
        _stall = new StallWatch(TimeSpan.FromSeconds(options.TimeoutSeconds));
        _interrupted = interrupted;
    }

    /// <summary>Does it.</summary>
    /// <exception cref="BenchException">It could not be done.</exception>
    public BenchResult Execute()
    {
        TimeSpan timeout = TimeSpan.FromSeconds(_options.TimeoutSeconds);
        _probe.Start(); // Also says at once when the broker's process cannot be read.
        using AmqpConnection control = AmqpConnection.Open(_options.Target, "ropeway bench control", timeout);
        control.SetReceiveTimeout(timeout);
        var topology = new Topology(control, _options);
        bool isDone = false;
        try
        {
            BenchResult result = _options.ProducerCount == 0 ? DrainBacklog(topology) : Load(topology);
            isDone = true;
            return result;
        }
        finally
        {
            _crew.Dispose();
            CleanUp(topology, control, isDone);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _crew.Dispose();

    private BenchResult Load(Topology topology)
    {
        if (topology.Declare() > 0)
        {
            topology.Purge(); // Left over by a run that was killed; they would be taken for this run's messages.
        }

        _crew.Connect();
        _crew.StartConsumers();
        _control.IsWarmedUp = _options.WarmupSeconds <= 0;
        _crew.StartProducers();
        WaitFor("the warm-up", TimeSpan.FromSeconds(_options.WarmupSeconds));

        if (_options.MessageCount > 0)
        {
            return LoadCounted();
        }

        CrewCounts before = _crew.Count();
        _probe.Start();
        long startTicks = Stopwatch.GetTimestamp();
        _control.Window.StartTicks = startTicks;
        WaitFor("the end of the measured part", TimeSpan.FromSeconds(_options.MeasureSeconds));
        CrewCounts after = _crew.Count();
        _probe.End();
        long endTicks = Stopwatch.GetTimestamp();
        _control.Window.EndTicks = endTicks;
        CrewCounts end = Finish();
        return Result(before, after, new RunTimes(startTicks, endTicks, endTicks, endTicks), end);
    }

    private BenchResult LoadCounted()
    {
        _control.IsWarmedUp = true;
        WaitUntil("the warm-up to drain", CountedRunMax, () => _crew.Producers.TrueForAll(producer => producer.IsWaiting) && IsDrained(_crew.Count()));
        CrewCounts before = _crew.Count();
        _probe.Start();
        long startTicks = Stopwatch.GetTimestamp();
        _control.Window.StartTicks = startTicks;
        _control.StartCounting();
        WaitUntil("all messages to be published", CountedRunMax, () => _crew.IsPublishingDone);
        CrewCounts all = Finish();
        return Result(before, all, new RunTimes(startTicks, all.LastReplyTicks, all.LastReplyTicks, all.LastDeliveryTicks), all);
    }

    private BenchResult DrainBacklog(Topology topology)
    {
        long waiting = topology.CountMessages();
        long expected = _options.MessageCount > 0 ? Math.Min(_options.MessageCount, waiting) : waiting;
        if (expected == 0)
        {
            throw new BenchException($"There is nothing to consume in {_options.QueueName(0)}; publish first with --publish-only --keep.");
        }

        _crew.Connect();
        _probe.Start();
        long startTicks = Stopwatch.GetTimestamp();
        _control.Window.StartTicks = startTicks;
        _crew.StartConsumers();
        WaitUntil($"{expected} messages to be delivered", CountedRunMax, () => _crew.Count().Delivered >= expected);
        CrewCounts all = _crew.Count();
        _probe.End();
        _crew.CloseConsumers();
        return Result(default, all, new RunTimes(startTicks, startTicks, startTicks, all.LastDeliveryTicks), _crew.Count());
    }

    // Waits until the broker has taken, confirmed and delivered all that was published.
    private CrewCounts Finish()
    {
        TimeSpan unbounded = CountedRunMax; // The stall watch is the bound that matters.
        _crew.EndPublishing();
        WaitUntil("the producers to stop", unbounded, () => _crew.IsPublishingDone);
        WaitUntil("the last confirms", unbounded, () => IsConfirmed(_crew.Count()));
        _crew.BeginCloseProducers();
        WaitUntil("the producers' channels to close", unbounded, () => _crew.AreProducersClosed);
        WaitUntil("the last deliveries", unbounded, () => IsDrained(_crew.Count()));
        CrewCounts all = _crew.Count();
        if (_options.MessageCount > 0)
        {
            _probe.End();
        }

        _crew.CloseConsumers();
        return all with { Delivered = _crew.Count().Delivered };
    }

    private BenchResult Result(CrewCounts before, CrewCounts after, RunTimes times, CrewCounts end)
    {
        long published = after.Published - before.Published;
        long confirmed = after.Confirmed - before.Confirmed;
        long delivered = after.Delivered - before.Delivered;
        return new BenchResult
        {
            Options = _options,
            BatchCount = _shape.BatchCount,
            Seconds = _probe.Seconds,
            Published = published,
            Confirmed = confirmed,
            Refused = end.Refused,
            Delivered = delivered,
            Redelivered = end.Redelivered,
            PublishedPerSecond = times.Rate(published, times.PublishedTicks),
            ConfirmedPerSecond = times.Rate(confirmed, times.ConfirmedTicks),
            DeliveredPerSecond = times.Rate(delivered, times.DeliveredTicks),
            Usage = _probe,
            ConfirmLatency = LatencySummary.Of(_crew.Readers.Select(reader => reader.ConfirmLatency)),
            DeliveryLatency = LatencySummary.Of(_crew.Consumers.Select(consumer => consumer.Latency)),
            PaceLateness = LatencySummary.Of(_crew.Producers.Select(producer => producer.PaceLateness)),
            Verification = Verify(),
            BlockedReason = _control.BlockedReason,
        };
    }

    private VerificationSummary? Verify()
    {
        if (!_options.Verify || _options.ConsumerCount == 0)
        {
            return null;
        }

        List<DeliveryVerifier> verifiers = _crew.Consumers.ConvertAll(consumer => consumer.Verifier!);
        return _options.ProducerCount == 0
            ? VerificationSummary.OfBacklog(_options, verifiers)
            : VerificationSummary.OfRun(_options, verifiers, _crew.Producers.ConvertAll(producer => producer.Counts.Published));
    }

    private void WaitFor(string what, TimeSpan time)
    {
        long start = Stopwatch.GetTimestamp();
        WaitUntil(what, TimeSpan.MaxValue, () => Stopwatch.GetElapsedTime(start) >= time - Poll);
        TimeSpan rest = time - Stopwatch.GetElapsedTime(start);
        if (rest > TimeSpan.Zero)
        {
            _control.Sleep(rest);
        }
    }

    private void WaitUntil(string what, TimeSpan timeMax, Func<bool> isReached)
    {
        long start = Stopwatch.GetTimestamp();
        while (!isReached())
        {
            _control.ThrowIfFaulted();
            if (_interrupted.IsCancellationRequested)
            {
                throw new BenchException("Interrupted.");
            }

            if (Stopwatch.GetElapsedTime(start) > timeMax)
            {
                throw new BenchException($"Gave up after {timeMax.TotalMinutes:0} minutes of waiting for {what}.");
            }

            _stall.Look(_crew.Count(), what, _control.BlockedReason);
            if (Stopwatch.GetElapsedTime(_lastSampleTicks) > SamplePeriod)
            {
                _probe.Sample();
                _lastSampleTicks = Stopwatch.GetTimestamp();
            }

            _control.Sleep(Poll);
        }

        _control.ThrowIfFaulted();
    }

    private void CleanUp(Topology topology, AmqpConnection control, bool isDone)
    {
        try
        {
            bool isPartOfBacklog = _options.ProducerCount == 0 && (_options.MessageCount > 0 || !isDone);
            if (!_options.Keep && !isPartOfBacklog)
            {
                topology.Delete();
            }

            control.CloseQuietly(CloseTimeout);
        }
        catch (BenchException) when (!isDone)
        {
            // The run has already failed with the fault that matters; the queues may stay behind.
        }
    }

    private bool IsConfirmed(CrewCounts counts) => _options.ConfirmWindow == 0 || counts.Confirmed + counts.Refused >= counts.Published;

    private bool IsDrained(CrewCounts counts) =>
        IsConfirmed(counts) && (_options.ConsumerCount == 0 || counts.Delivered >= counts.Published * _options.CopiesPerMessage);
}
