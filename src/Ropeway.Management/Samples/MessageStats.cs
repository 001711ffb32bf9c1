using System.Globalization;
using Ropeway.Core.Queues;
using Ropeway.Core.Statistics;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Samples;

/// <summary>RabbitMQ's <c>message_stats</c> and <c>messages_details</c>, from counters and samples.</summary>
/// <param name="sampler">Knows the samples.</param>
/// <param name="query">Which samples go along.</param>
internal sealed class MessageStats(Sampler sampler, SampleQuery query)
{
    private static readonly (string Name, MessageEvent[] Events)[] Deliveries =
    [
        ("ack", [MessageEvent.Acknowledged]),
        ("deliver", [MessageEvent.Delivered]),
        ("deliver_get", [MessageEvent.Delivered, MessageEvent.DeliveredWithoutAck, MessageEvent.Fetched, MessageEvent.FetchedWithoutAck]),
        ("deliver_no_ack", [MessageEvent.DeliveredWithoutAck]),
        ("get", [MessageEvent.Fetched]),
        ("get_empty", [MessageEvent.FetchedNothing]),
        ("get_no_ack", [MessageEvent.FetchedWithoutAck]),
        ("redeliver", [MessageEvent.Redelivered]),
    ];

    private static readonly (string Name, MessageEvent[] Events)[] OfQueues = [.. Deliveries, ("publish", [MessageEvent.Published])];

    private static readonly (string Name, MessageEvent[] Events)[] OfChannels =
    [
        .. OfQueues,
        ("confirm", [MessageEvent.Confirmed]),
        ("drop_unroutable", [MessageEvent.Unroutable]),
        ("return_unroutable", [MessageEvent.Returned]),
    ];

    private static readonly (string Name, MessageEvent[] Events)[] OfExchanges =
    [
        ("publish_in", [MessageEvent.Published]),
        ("publish_out", [MessageEvent.Routed]),
    ];

    /// <summary>For a request, with the samples that it wants.</summary>
    public static MessageStats For(ApiRequest request, bool withSamples = false) =>
        new(request.Sampler, withSamples ? SampleQuery.Read(request.Parameter) : SampleQuery.None);

    /// <summary>Of a queue; null when nothing has happened to messages.</summary>
    public IReadOnlyDictionary<string, object>? OfQueue(Queue queue) => Of(queue.Counters, OfQueues);

    /// <summary>Of a channel; null when nothing has happened to messages.</summary>
    public IReadOnlyDictionary<string, object>? OfChannel(ObjectCounters? counters) => Of(counters, OfChannels);

    /// <summary>Of an exchange; null when nothing was published to it.</summary>
    public IReadOnlyDictionary<string, object>? OfExchange(ObjectCounters? counters) => Of(counters, OfExchanges);

    /// <summary>Of a virtual host, or of the node; null when nothing has happened to messages.</summary>
    public IReadOnlyDictionary<string, object>? OfTotal(VirtualHost? host) => sampler.ReadTotal(host, (total, countOf) =>
    {
        SampleSeries? series = host is null ? sampler.ReadSeries(rows => rows) : null;
        return Write(OfChannels, countOf, of => total[of], total.RateOf, series);
    });

    /// <summary>How the numbers of all, ready and held messages of a queue change.</summary>
    public (RateView All, RateView Ready, RateView Held) LengthsOf(Queue queue)
    {
        SampledObject? sampled = Sampler.Find(queue.Counters);
        return sampled is null
            ? (RateView.None, RateView.None, RateView.None)
            : sampler.ReadSeries(queue, series => Lengths(series, sampled.WaitingChange, sampled.HeldChange));
    }

    /// <summary>How the numbers of all, ready and held messages of a virtual host, or of the node, change.</summary>
    public (RateView All, RateView Ready, RateView Held) LengthsOf(VirtualHost? host) => sampler.ReadTotal(
        host, (total, _) => Lengths(host is null ? sampler.ReadSeries(rows => rows) : null, total.WaitingChange, total.HeldChange));

    /// <summary>Since when nothing has happened to an object, as RabbitMQ writes it; null when something does.</summary>
    public string? IdleSince(ObjectCounters? counters)
    {
        SampledObject? sampled = Sampler.Find(counters);
        if (sampled is { IsActive: true, IdleSteps: 0 } || (counters is not null && sampled is null))
        {
            return null;
        }

        long sinceMs = sampled is null || sampled.ChangedMs == 0 ? sampler.StartedMs : sampled.ChangedMs;
        return DateTimeOffset.FromUnixTimeMilliseconds(sinceMs).ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
    }

    private Dictionary<string, object>? Of(ObjectCounters? counters, (string Name, MessageEvent[] Events)[] stats)
    {
        if (counters is null)
        {
            return null;
        }

        SampledObject? sampled = Sampler.Find(counters);
        long CountOf(MessageEvent of) => counters[of];
        long SampledOf(MessageEvent of) => counters[of] - (sampled?.NewOf(of) ?? 0);
        double RateOf(MessageEvent of) => sampled?.RateOf(of) ?? 0;
        return sampled?.Queue is { } queue
            ? sampler.ReadSeries(queue, series => Write(stats, CountOf, SampledOf, RateOf, series))
            : Write(stats, CountOf, SampledOf, RateOf, series: null);
    }

    private Dictionary<string, object>? Write(
        (string Name, MessageEvent[] Events)[] stats, Func<MessageEvent, long> countOf, Func<MessageEvent, long> sampledOf, Func<MessageEvent, double> rateOf, SampleSeries? series)
    {
        var written = new Dictionary<string, object>(StringComparer.Ordinal);
        bool isAny = false;
        foreach ((string name, MessageEvent[] events) in stats)
        {
            long count = events.Sum(countOf);
            isAny |= count != 0;
            written.Add(name, count);
            written.Add($"{name}_details", query.Rates(series, sampler.SampledMs, events.Sum(rateOf), events.Sum(sampledOf), events));
        }

        return isAny ? written : null;
    }

    private (RateView All, RateView Ready, RateView Held) Lengths(SampleSeries? series, long waitingChange, long heldChange)
    {
        const double Step = SampleSeries.StepSeconds;
        long end = sampler.SampledMs;
        return (
            query.Lengths(series, end, (waitingChange + heldChange) / Step, SampleRow.Waiting, SampleRow.Held),
            query.Lengths(series, end, waitingChange / Step, SampleRow.Waiting),
            query.Lengths(series, end, heldChange / Step, SampleRow.Held));
    }
}
