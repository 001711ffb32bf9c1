using System.Diagnostics.CodeAnalysis;
using Ropeway.Core;
using Ropeway.Core.Queues;

namespace Ropeway.Management.Live;

/// <summary>
/// Follows the queues in which something happens or that hold messages, once a second; others cost nothing here. Any thread may ask; one looks.
/// </summary>
internal sealed class QueueWatch(Broker broker, IQueueActivity activity) : IDisposable
{
    private const int LoadsPerLook = 4; // Reads of the disk to find how old a message is.

    private readonly Lock _gate = new();
    private readonly Dictionary<Queue, QueueState> _states = [];
    private Dictionary<string, HostTotals> _totals = new(StringComparer.Ordinal); // Replaced, never changed.

    /// <summary>Sums by virtual host, of the last look; hosts whose queues are all idle are not in it.</summary>
    public IReadOnlyDictionary<string, HostTotals> Totals => Volatile.Read(ref _totals);

    /// <summary>When it last looked.</summary>
    public DateTimeOffset At { get; private set; } = broker.Time.GetUtcNow();

    /// <summary>Looks at everything that may have changed.</summary>
    /// <param name="elapsed">Seconds since the last look; more than 0.</param>
    /// <param name="judge">Says how a queue is. Under the gate.</param>
    public void Look(double elapsed, Action<QueueState, DateTimeOffset> judge)
    {
        IReadOnlyCollection<(Queue Queue, QueueMoment Before)> changed = activity.Take(_states.ContainsKey); // Which nobody else changes.
        lock (_gate)
        {
            At = broker.Time.GetUtcNow();
            foreach ((Queue queue, QueueMoment before) in changed)
            {
                _states.TryAdd(queue, new QueueState(queue, before, At));
            }

            var totals = new Dictionary<string, HostTotals>(StringComparer.Ordinal);
            int loadsLeft = LoadsPerLook;
            List<QueueState>? over = null;
            foreach (QueueState state in _states.Values)
            {
                state.Look(At, elapsed, mayLoad: loadsLeft > 0);
                loadsLeft -= state.Moment.Ready > 0 && state.OldestSeconds(At) is null ? 1 : 0;
                judge(state, At);
                if (state.IsGone || state.IsAtRest)
                {
                    (over ??= []).Add(state);
                }

                TotalsOf(totals, state.Queue.Host.Name).Add(state, At);
            }

            over?.ForEach(Forget);
            Volatile.Write(ref _totals, totals);
        }
    }

    /// <summary>What is followed of a queue, if it is; used under <see cref="Read{T}"/>.</summary>
    public bool TryGet(Queue queue, [NotNullWhen(true)] out QueueState? state) => _states.TryGetValue(queue, out state);

    /// <summary>Reads states while none changes.</summary>
    public T Read<T>(Func<QueueWatch, T> read)
    {
        lock (_gate)
        {
            return read(this);
        }
    }

    /// <summary>All states; used under <see cref="Read{T}"/>.</summary>
    public IReadOnlyCollection<QueueState> States => _states.Values;

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            foreach (QueueState state in _states.Values)
            {
                state.Dispose();
            }

            _states.Clear();
        }
    }

    private static HostTotals TotalsOf(Dictionary<string, HostTotals> totals, string host)
    {
        if (!totals.TryGetValue(host, out HostTotals? found))
        {
            found = new HostTotals();
            totals.Add(host, found);
        }

        return found;
    }

    private void Forget(QueueState state)
    {
        state.Dispose();
        _states.Remove(state.Queue);
    }
}
