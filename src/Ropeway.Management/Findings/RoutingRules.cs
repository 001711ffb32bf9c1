using Ropeway.Core;
using Ropeway.Core.Routing;
using Ropeway.Core.Statistics;
using Ropeway.Management.Samples;

namespace Ropeway.Management.Findings;

/// <summary>The rule about messages that lead to no queue: exchanges that are not idle are looked at once a second. One thread at a time.</summary>
internal sealed class RoutingRules(Broker broker, Sampler sampler, FindingBoard board)
{
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(5);

    private readonly Dictionary<Exchange, Losses> _losses = [];
    private bool _hasLooked;

    /// <summary>Looks at all of them.</summary>
    public void Look()
    {
        DateTimeOffset now = broker.Time.GetUtcNow();
        sampler.ForEachActive(sampled =>
        {
            if (sampled.Counters.Owner is Exchange exchange && sampled.Counters[MessageEvent.Unroutable] is > 0 and var total)
            {
                Note(exchange, total, now);
            }
        });
        _hasLooked = true;
        foreach ((Exchange exchange, Losses losses) in _losses.ToArray())
        {
            bool isGone = !exchange.Host.TryGetExchange(exchange.Name, out Exchange? known) || !ReferenceEquals(known, exchange);
            if (isGone)
            {
                _losses.Remove(exchange);
            }
            else if (losses.CountWithin(now - Window) is > 0 and var count)
            {
                Report(exchange, count);
            }
        }
    }

    private void Note(Exchange exchange, long total, DateTimeOffset now)
    {
        if (!_losses.TryGetValue(exchange, out Losses? losses))
        {
            losses = new Losses(_hasLooked ? 0 : total);
            _losses.Add(exchange, losses);
        }

        losses.Note(total, now);
    }

    private void Report(Exchange exchange, long count)
    {
        string host = exchange.Host.Name;
        string name = exchange.IsDefault ? "amq.default" : exchange.Name;
        board.Report(new FindingReading(new FindingKey(FindingIds.Unroutable, host, name), FindingSeverity.Warn, TimeSpan.Zero, NodeTexts.Unroutable(exchange.Name, count))
        {
            Kind = "exchange",
            Messages = count,
            Act = new FindingAct("Open exchange", $"/exchanges/{Uri.EscapeDataString(host)}/{Uri.EscapeDataString(name)}"),
        });
    }
}
