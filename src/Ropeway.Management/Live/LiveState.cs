using Microsoft.Extensions.Logging;
using Ropeway.Core;
using Ropeway.Management.Findings;
using Ropeway.Management.Logs;
using Ropeway.Management.Samples;
using Ropeway.Management.Sessions;

namespace Ropeway.Management.Live;

/// <summary>
/// What the HTTP server of one broker keeps between requests, and the second hand that drives it: each second one look for all who watch. Made and disposed by
/// the <see cref="ManagementHost"/>; any thread.
/// </summary>
internal sealed class LiveState : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    private readonly QueueWatch _watch;
    private readonly SlowedPublishers _slowed;
    private readonly FlowRates _flows;
    private readonly RoutingRules _routingRules;
    private readonly QueueRules _queueRules;
    private readonly NodeRules _nodeRules;
    private readonly SyncRules _syncRules;
    private readonly ITimer _timer;
    private long _lookedAt;
    private int _isLooking;
    private bool _hasFailed;

    /// <summary>Looks once, then every second.</summary>
    public LiveState(Broker broker, ManagementOptions options)
    {
        Broker = broker;
        Options = options;
        Logger = options.Loggers.CreateLogger("Ropeway.Management");
        Sampler = new Sampler(broker, Logger);
        Audit = new AuditLog(broker.Time, Logger);
        Sessions = new SessionTable(broker);
        Streams = new LiveStreams(broker);
        Findings = new FindingBoard(broker.Time);
        _watch = new QueueWatch(broker, new ActiveQueues(broker, Sampler));
        _slowed = new SlowedPublishers(broker);
        _flows = new FlowRates(Sampler);
        var rows = new QueueRows(_watch);
        Queues = new QueueList(broker, _watch, rows);
        Gauges = new NodeGauges(broker, options);
        Values = new TopicValues(broker, new OverviewFigures(broker, _watch, _flows, _slowed, Findings, Gauges), rows, Findings);
        _queueRules = new QueueRules(broker, Findings);
        _nodeRules = new NodeRules(broker, options, Findings, _slowed, Gauges);
        _syncRules = new SyncRules(broker, Findings, broker.Durability.MeasureCommits);
        _routingRules = new RoutingRules(broker, Sampler, Findings);
        _lookedAt = broker.Time.GetTimestamp();
        Look();
        _timer = broker.Time.CreateTimer(static state => ((LiveState)state!).Look(), this, Period, Period);
    }

    /// <summary>The broker.</summary>
    public Broker Broker { get; }

    /// <summary>Knows rates.</summary>
    public Sampler Sampler { get; }

    /// <summary>Measures the process.</summary>
    public NodeGauges Gauges { get; }

    /// <summary>Settings.</summary>
    public ManagementOptions Options { get; }

    /// <summary>Where management logs to.</summary>
    public ILogger Logger { get; }

    /// <summary>Who changed what.</summary>
    public AuditLog Audit { get; }

    /// <summary>Who has signed in.</summary>
    public SessionTable Sessions { get; }

    /// <summary>The streams to pages.</summary>
    public LiveStreams Streams { get; }

    /// <summary>What topics say.</summary>
    public TopicValues Values { get; }

    /// <summary>The list of queues.</summary>
    public QueueList Queues { get; }

    /// <summary>What needs a look.</summary>
    public FindingBoard Findings { get; }

    /// <summary>Ends all streams: the server is about to stop.</summary>
    public void Stop() => Streams.Stop();

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _watch.Dispose();
        Sampler.Dispose();
    }

    private void Look()
    {
        if (Interlocked.Exchange(ref _isLooking, 1) != 0)
        {
            return; // The look before takes longer than a second.
        }

        try
        {
            long timestamp = Broker.Time.GetTimestamp();
            double elapsed = Math.Max(Broker.Time.GetElapsedTime(_lookedAt, timestamp).TotalSeconds, 0.001);
            _lookedAt = timestamp;
            _slowed.Look();
            _flows.Look(elapsed);
            _watch.Look(elapsed, _queueRules.Judge);
            _nodeRules.Look(elapsed);
            _syncRules.Look();
            _routingRules.Look();
            Findings.EndRound();
            Values.Renew();
            Sessions.EndExpired();
            Streams.BeatAll();
        }
        catch (Exception fault) // The top of a timer's call.
        {
            if (!_hasFailed)
            {
                _hasFailed = true; // Not once a second.
                ManagementLog.LookFailed(Logger, fault);
            }
        }
        finally
        {
            Volatile.Write(ref _isLooking, 0);
        }
    }
}
