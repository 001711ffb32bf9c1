using Microsoft.Extensions.Logging;
using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Resources;
using Ropeway.Core.Statistics;
using Ropeway.Core.Topology;

namespace Ropeway.Management.Samples;

/// <summary>
/// Samples the counters of everything that is not idle, every <see cref="SampleSeries.StepSeconds"/>: rates of objects, sums of virtual hosts and of the node, and
/// rings of the node and of a bounded number of queues. Costs what has changed, not what there is, but for a look at each connection. Any thread.
/// </summary>
internal sealed class Sampler : IDisposable
{
    /// <summary>Most queues whose rows are kept; the others have the rate of the last step only.</summary>
    public const int SampledQueuesMax = 128;

    /// <summary>Steps after which an object without changes is looked at no more, when it has no rows: then its rates are 0.</summary>
    private const int IdleStepsMax = 2;

    /// <summary>The same of one with rows: as long as the finest of them.</summary>
    private const int IdleStepsWithRowsMax = 120;

    private readonly Lock _gate = new(); // Outside of all gates of Core.
    private readonly Broker _broker;
    private readonly ILogger _logger;
    private readonly ITimer _timer;
    private readonly List<SampledObject> _active = [];
    private readonly SampleSeries _series = new(SampleRow.NodeWidth);
    private readonly Dictionary<VirtualHost, SampledTotal> _hosts = [];
    private readonly SampledTotal _node = new();
    private readonly EventCounts[] _queueTypes = new EventCounts[(int)QueueType.Stream + 1]; // Of all queues that there were, up to the last sample.
    private readonly ChurnRates _churn;
    private List<SampledObject> _resting = []; // Unlisted at the last step: a change may have been missed.
    private DurationSpread _commits = DurationSpread.None;
    private DurationSpread _syncs = DurationSpread.None;
    private int _sampledQueueCount;
    private bool _hasFailed;

    /// <summary>Begins to sample.</summary>
    /// <param name="broker">The broker.</param>
    /// <param name="logger">Is told of a sample that failed.</param>
    public Sampler(Broker broker, ILogger logger)
    {
        _broker = broker;
        _logger = logger;
        StartedMs = broker.Time.GetUtcNow().ToUnixTimeMilliseconds();
        SampledMs = StartedMs;
        _churn = new ChurnRates(broker);
        (_commits, _syncs) = broker.Durability.MeasureCommits();
        broker.Active.Watch();
        lock (_gate)
        {
            foreach (VirtualHost host in broker.VirtualHosts.All)
            {
                CountWhatIsThere(host);
            }
        }

        var step = TimeSpan.FromSeconds(SampleSeries.StepSeconds);
        _timer = broker.Time.CreateTimer(static sampler => ((Sampler)sampler!).TrySample(), this, step, step);
    }

    /// <summary>When it began, in milliseconds since the Unix epoch.</summary>
    public long StartedMs { get; }

    /// <summary>When the last sample was taken, in milliseconds since the Unix epoch.</summary>
    public long SampledMs { get; private set; }

    /// <summary>The samples of an object; null when it has been idle all the time.</summary>
    public static SampledObject? Find(ObjectCounters? counters) => counters?.Sample as SampledObject;

    /// <summary>Reads sums that are up to date.</summary>
    /// <param name="host">Of a virtual host; null for the node.</param>
    /// <param name="read">Reads them; calls nothing. Gets the total at the last sample, and what each event has to be added for what came since.</param>
    public T ReadTotal<T>(VirtualHost? host, Func<SampledTotal, Func<MessageEvent, long>, T> read)
    {
        lock (_gate)
        {
            Adopt();
            SampledTotal total = host is null ? _node : TotalOf(host);
            return read(total, of => total[of] + _active.Where(sampled => (host is null || sampled.Counters.Host == host) && sampled.CountsFor(of)).Sum(sampled => sampled.NewOf(of)));
        }
    }

    /// <summary>Looks at everything that is not idle, or was not for a while.</summary>
    public void ForEachActive(Action<SampledObject> look)
    {
        lock (_gate)
        {
            Adopt();
            foreach (SampledObject sampled in _active)
            {
                look(sampled);
            }
        }
    }

    /// <summary>Numbers of events by virtual host, up to date: one pass over what is active.</summary>
    /// <param name="groups">Events; those of one group are added up.</param>
    public Dictionary<VirtualHost, long[]> CountByHost(IReadOnlyList<MessageEvent[]> groups)
    {
        lock (_gate)
        {
            Adopt();
            var counts = _hosts.ToDictionary(host => host.Key, host => groups.Select(group => group.Sum(of => host.Value[of])).ToArray());
            foreach (SampledObject sampled in _active)
            {
                if (!counts.TryGetValue(sampled.Counters.Host, out long[]? ofHost))
                {
                    ofHost = new long[groups.Count];
                    counts.Add(sampled.Counters.Host, ofHost);
                }

                for (int i = 0; i < ofHost.Length; i++)
                {
                    foreach (MessageEvent of in groups[i])
                    {
                        ofHost[i] += sampled.CountsFor(of) ? sampled.NewOf(of) : 0;
                    }
                }
            }

            return counts;
        }
    }

    /// <summary>Numbers of events of all queues of each type, deleted ones included, up to date: one pass over what is active.</summary>
    /// <returns>By the type's number.</returns>
    public EventCounts[] CountByQueueType()
    {
        lock (_gate)
        {
            Adopt();
            EventCounts[] counts = [.. _queueTypes];
            foreach (SampledObject sampled in _active)
            {
                AddTo(counts, sampled, sampled.NewOf);
            }

            return counts;
        }
    }

    /// <summary>What came and went, and how fast.</summary>
    public Dictionary<string, object> MeasureChurn()
    {
        lock (_gate)
        {
            return _churn.Read();
        }
    }

    /// <summary>Reads the rows of the node.</summary>
    public T ReadSeries<T>(Func<SampleSeries, T> read)
    {
        lock (_gate)
        {
            return read(_series);
        }
    }

    /// <summary>Reads the rows of a queue; gets null when none are kept.</summary>
    public T ReadSeries<T>(Queue queue, Func<SampleSeries?, T> read)
    {
        lock (_gate)
        {
            return read(Find(queue.Counters)?.Series);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _timer.Dispose();
        _broker.Active.Unwatch();
    }

    private SampledTotal TotalOf(VirtualHost host)
    {
        if (!_hosts.TryGetValue(host, out SampledTotal? total))
        {
            total = new SampledTotal();
            _hosts.Add(host, total);
        }

        return total;
    }

    private void CountWhatIsThere(VirtualHost host)
    {
        foreach (Queue queue in host.ListQueues())
        {
            if (queue.Measure(out long waiting, out long held) is { } counters)
            {
                var sampled = new SampledObject(counters);
                sampled.Begin(waiting, held);
                counters.Sample = sampled;
            }

            _node.Begin(waiting, held);
            TotalOf(host).Begin(waiting, held);
        }
    }

    /// <summary>Takes what has begun to change.</summary>
    private void Adopt()
    {
        foreach (ObjectCounters counters in _broker.Active.Take())
        {
            SampledObject sampled = Find(counters) ?? new SampledObject(counters);
            counters.Sample = sampled;
            if (!sampled.IsActive)
            {
                sampled.IsActive = true;
                _active.Add(sampled);
            }
        }
    }

    private void TrySample()
    {
        try
        {
            Sample();
        }
        catch (Exception fault) // The top of a timer's call.
        {
            if (!_hasFailed)
            {
                _hasFailed = true; // Not every few seconds.
                ManagementLog.SampleFailed(_logger, fault);
            }
        }
    }

    private void Sample()
    {
        lock (_gate)
        {
            SampledMs = _broker.Time.GetUtcNow().ToUnixTimeMilliseconds();
            foreach (SampledObject sampled in _resting.Where(sampled => !sampled.IsActive && Enum.GetValues<MessageEvent>().Any(of => sampled.NewOf(of) != 0)))
            {
                sampled.Counters.TryList();
            }

            _resting = [];
            Adopt();
            _node.BeginStep();
            foreach (SampledTotal total in _hosts.Values)
            {
                total.BeginStep();
            }

            foreach (SampledObject sampled in _active)
            {
                SampleOne(sampled);
            }

            _active.RemoveAll(sampled => !sampled.IsActive);
            _churn.Sample();
            foreach (ConnectionEntry connection in _broker.Connections.Entries)
            {
                SampledTraffic.Take(connection);
            }

            AddNodeRow();
            ForgetDeletedHosts();
        }
    }

    private void SampleOne(SampledObject sampled)
    {
        if (sampled.Series is null && sampled.Queue is not null && _sampledQueueCount < SampledQueuesMax)
        {
            sampled.Series = new SampleSeries(SampleRow.QueueWidth);
            _sampledQueueCount++;
        }

        sampled.Sample(SampledMs);
        _node.Add(sampled);
        AddTo(_queueTypes, sampled, sampled.RecentOf);
        TotalOf(sampled.Counters.Host).Add(sampled);
        if (!sampled.Counters.HasEnded && sampled.IdleSteps < (sampled.Series is null ? IdleStepsMax : IdleStepsWithRowsMax))
        {
            return;
        }

        sampled.IsActive = false;
        _sampledQueueCount -= sampled.Series is null ? 0 : 1;
        sampled.Series = null;
        if (!sampled.Counters.HasEnded)
        {
            sampled.Counters.Unlist();
            _resting.Add(sampled);
        }
    }

    private static void AddTo(EventCounts[] types, SampledObject sampled, Func<MessageEvent, long> countOf)
    {
        if (sampled.Queue is { } queue)
        {
            ref EventCounts counts = ref types[(int)queue.Effective.QueueType];
            for (int i = 0; i < EventCounts.Length; i++)
            {
                counts[i] += countOf((MessageEvent)i);
            }
        }
    }

    private void AddNodeRow()
    {
        (DurationSpread commits, DurationSpread syncs) = _broker.Durability.MeasureCommits();
        DurationSpread recent = commits.Since(_commits);
        Span<uint> row = stackalloc uint[SampleRow.NodeWidth];
        _node.CopyTo(row);
        row[SampleRow.CommitP50] = SampleRow.Microseconds(recent.Percentile(0.5));
        row[SampleRow.CommitP99] = SampleRow.Microseconds(recent.Percentile(0.99));
        row[SampleRow.SyncP99] = SampleRow.Microseconds(syncs.Since(_syncs).Percentile(0.99));
        _series.Add(row);
        _commits = commits;
        _syncs = syncs;
    }

    private void ForgetDeletedHosts()
    {
        foreach (VirtualHost host in _hosts.Keys.Where(host => !_broker.VirtualHosts.TryGet(host.Name, out VirtualHost? now) || now != host).ToArray())
        {
            if (!_active.Exists(sampled => sampled.Counters.Host == host))
            {
                _hosts.Remove(host);
            }
        }
    }
}
