using System.Text;
using Ropeway.Core.Queues;

namespace Ropeway.Core.Routing.Explaining;

/// <summary>
/// Where a message would go and why, found by routing it without publishing it. Immutable; made by any thread, which takes the virtual
/// host's gate for a moment for each exchange on the way.
/// </summary>
public sealed class RouteExplanation
{
    /// <summary>Most steps that are told.</summary>
    public const int StepsMax = 1000;

    private RouteExplanation(RouteResult result, IReadOnlyList<RouteStep> steps, long untold)
    {
        Queues = [.. result.Queues];
        Holders = [.. result.Delayers];
        Steps = steps;
        MoreSteps = untold;
        Alternates = [.. result.Trace!.Visits.Where(visit => visit.Alternate is not null).Select(visit => visit.Alternate!)];
    }

    /// <summary>The queues, those included that get it only after a <see cref="Holders">holder</see> has passed it on.</summary>
    public IReadOnlyList<Queue> Queues { get; }

    /// <summary>Exchanges that hold the message back for the time that it asks for, and then route it.</summary>
    public IReadOnlyList<Exchange> Holders { get; }

    /// <summary>Alternate exchanges that got the message because nothing matched before them, in the order of the walk.</summary>
    public IReadOnlyList<Exchange> Alternates { get; }

    /// <summary>What was looked at, exchange by exchange, what matched first; at most <see cref="StepsMax"/>.</summary>
    public IReadOnlyList<RouteStep> Steps { get; }

    /// <summary>How many bindings were looked at beside those in <see cref="Steps"/>. What matched is told before what did not.</summary>
    public long MoreSteps { get; }

    /// <summary>Routes a message by the code that publishers' messages take, and says what happened.</summary>
    /// <param name="exchange">Where it would be published.</param>
    /// <param name="request">What it is routed by.</param>
    public static RouteExplanation Of(Exchange exchange, in RouteRequest request)
    {
        var result = new RouteResult { Trace = new RouteTrace() };
        exchange.Route(request, result);
        foreach (Exchange holder in result.Delayers.ToArray())
        {
            holder.Route(request.WhenDue(), result);
        }

        var steps = new List<RouteStep>();
        long untold = 0;
        int room = Math.Max(0, StepsMax - result.Trace.Visits.Sum(visit => Math.Min(StepsMax, visit.Matched.Count)));
        foreach (RouteVisit visit in result.Trace.Visits)
        {
            int before = steps.Count;
            if (!visit.IsHolding)
            {
                AddBindings(visit, request, steps, ref room, out int bindingCount);
                untold += Math.Max(0, bindingCount - (steps.Count - before));
            }

            AddWays(visit, request, steps);
        }

        untold += Math.Max(0, steps.Count - StepsMax);
        return new RouteExplanation(result, [.. steps.Take(StepsMax)], untold);
    }

    /// <summary>The bindings of an exchange: all that matched, and as many of the others as there is room for.</summary>
    private static void AddBindings(RouteVisit visit, in RouteRequest request, List<RouteStep> steps, ref int room, out int count)
    {
        Exchange exchange = visit.Exchange;
        foreach (Binding binding in InOrder(visit.Matched).Take(StepsMax))
        {
            steps.Add(StepOf(exchange, binding, isMatched: true, request));
        }

        foreach (Binding binding in InOrder(exchange.Host.ListBindings(exchange, room, visit.Matched, out count)))
        {
            steps.Add(StepOf(exchange, binding, isMatched: false, request));
            room--;
        }
    }

    private static IEnumerable<Binding> InOrder(IEnumerable<Binding> bindings) =>
        bindings.OrderBy(binding => binding.Destination.Name, StringComparer.Ordinal).ThenBy(binding => binding.RoutingKey, StringComparer.Ordinal);

    private static RouteStep StepOf(Exchange exchange, Binding binding, bool isMatched, in RouteRequest request) =>
        new(exchange, binding, binding.Destination.Name, binding.Destination is Queue, isMatched, exchange.Router.Explain(binding, request, isMatched));

    /// <summary>What an exchange does without a binding.</summary>
    private static void AddWays(RouteVisit visit, in RouteRequest request, List<RouteStep> steps)
    {
        Exchange exchange = visit.Exchange;
        if (visit.IsHolding)
        {
            steps.Add(new RouteStep(exchange, Binding: null, exchange.Name, IsQueue: false, IsMatched: true, "holds the message back for its x-delay, and routes it then"));
            return;
        }

        if (exchange.IsDefault)
        {
            AddNamed(visit, request.RoutingKey, steps);
            foreach (ReadOnlySpan<byte> key in request.Copies)
            {
                AddNamed(visit, key, steps);
            }
        }

        if (visit.Matched.Count + visit.Named.Count == 0 && exchange.AlternateName is { } name)
        {
            string why = visit.Alternate is not null ? "nothing matched: the alternate exchange gets the message" : "nothing matched, and the alternate exchange does not exist";
            steps.Add(new RouteStep(exchange, Binding: null, name, IsQueue: false, visit.Alternate is not null, why));
        }
    }

    private static void AddNamed(RouteVisit visit, ReadOnlySpan<byte> key, List<RouteStep> steps)
    {
        string name = Encoding.UTF8.GetString(key);
        bool isThere = visit.Named.Any(queue => queue.Name == name);
        steps.Add(new RouteStep(visit.Exchange, Binding: null, name, IsQueue: true, isThere, isThere ? "the key is the name of this queue" : "there is no queue of this name"));
    }
}
