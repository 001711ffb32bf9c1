using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Management.Definitions;
using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Live;

/// <summary>
/// Answers for parts of the list of queues: one pass over the names, which keeps no more than the part. Figures are those of the last second's look. Any thread.
/// </summary>
internal sealed class QueueList(Broker broker, QueueWatch watch, QueueRows rows)
{
    private const int BudgetMs = 50; // For comparing names with an expression; everything else takes less.
    private const double SeverityWeight = 1e15; // Above any product of messages and seconds.
    private static readonly TimeSpan SnapshotAge = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private Dictionary<string, Queue[]> _queues = new(StringComparer.Ordinal);
    private DateTimeOffset _queuesAt = DateTimeOffset.MinValue;

    /// <summary>A part of the list.</summary>
    /// <exception cref="ApiException">The user does not see the virtual host.</exception>
    public QueueListView Select(QueueListRequest request, Viewer viewer)
    {
        if (request.VirtualHost is { } wanted && !broker.VirtualHosts.TryGet(wanted, out _))
        {
            throw ApiException.NotFound("vhost_not_found");
        }

        if (request.VirtualHost is { } host && !viewer.Sees(host))
        {
            throw ApiException.NotAuthorised("User not authorised to access virtual host");
        }

        VirtualHost[] hosts = [.. viewer.Hosts.Where(one => request.VirtualHost is null || one.Name == request.VirtualHost)];
        Dictionary<string, Queue[]> queues = Snapshot();
        var best = new List<(QueueKey Key, Queue Queue)>(request.Limit + 1);
        long total = 0;
        long matched = 0;
        long behind = 0;
        bool isIncomplete = false;
        watch.Read(states =>
        {
            foreach (VirtualHost one in hosts)
            {
                Queue[] all = queues.GetValueOrDefault(one.Name) ?? [];
                total += request.Type is null ? all.Length : 0;
                foreach (Queue queue in all)
                {
                    if (request.Type is { } type)
                    {
                        if (QueueTypes.Of(queue) != type)
                        {
                            continue;
                        }

                        total++;
                    }

                    if (request.Pattern is { } pattern && pattern.Spent.TotalMilliseconds > BudgetMs)
                    {
                        isIncomplete = true;
                        return false;
                    }

                    if (!request.Fits(queue.Name))
                    {
                        continue;
                    }

                    states.TryGet(queue, out QueueState? state);
                    if (request.Conditions.Count > 0 && !request.Conditions.Contains(ConditionOf(queue, state)))
                    {
                        continue;
                    }

                    matched++;
                    behind += Offer(best, request, new QueueKey(ValueOf(state, request.Order), queue.Name, one.Name), queue) ? 1 : 0;
                }
            }

            return true;
        });
        string? next = behind > best.Count ? best[^1].Key.ToCursor() : null;
        return new QueueListView([.. best.Select(found => rows.Of(found.Queue))], total, matched, next, isIncomplete);
    }

    private static QueueCondition ConditionOf(Queue queue, QueueState? state) =>
        state?.Condition ?? (queue.OutOfService is null ? QueueCondition.Idle : QueueCondition.OutOfService);

    /// <summary>Keeps a queue if it belongs to the part.</summary>
    /// <returns>Whether it comes behind the place where the part begins.</returns>
    private static bool Offer(List<(QueueKey Key, Queue Queue)> best, QueueListRequest request, QueueKey key, Queue queue)
    {
        int Compare(QueueKey one, QueueKey other) => one.CompareTo(other, request.Order, request.IsReversed);
        if (request.After is { } after && Compare(key, after) <= 0)
        {
            return false;
        }

        if (best.Count == request.Limit && Compare(key, best[^1].Key) > 0)
        {
            return true;
        }

        int low = 0;
        int high = best.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (Compare(best[middle].Key, key) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        best.Insert(low, (key, queue));
        if (best.Count > request.Limit)
        {
            best.RemoveAt(best.Count - 1);
        }

        return true;
    }

    private double ValueOf(QueueState? state, QueueOrder order) => state is null ? 0 : order switch
    {
        QueueOrder.Waiting => state.Moment.Ready,
        QueueOrder.Held => state.Moment.Unacked,
        QueueOrder.In => Figures.Rate(state.InRate),
        QueueOrder.Out => Figures.Rate(state.OutRate),
        QueueOrder.Oldest => state.OldestSeconds(watch.At) ?? 0,
        QueueOrder.Severity => (state.Severity * SeverityWeight) + Math.Min(state.Moment.Ready * Math.Max(state.OldestSeconds(watch.At) ?? 0, 1), SeverityWeight / 2),
        _ => 0,
    };

    /// <summary>All queues, as they were at most two seconds ago.</summary>
    private Dictionary<string, Queue[]> Snapshot()
    {
        lock (_gate)
        {
            DateTimeOffset now = broker.Time.GetUtcNow();
            if (now - _queuesAt is var age && (age >= SnapshotAge || age < TimeSpan.Zero))
            {
                _queues = broker.VirtualHosts.All.ToDictionary(host => host.Name, host => (Queue[])[.. host.ListQueues()], StringComparer.Ordinal);
                _queuesAt = now;
            }

            return _queues;
        }
    }
}
