using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>
/// Keeps the durable delivery horizon of one queue ahead of its cursor: no message at or above the durable horizon is delivered,
/// so that after a crash every message that may have been delivered is known to be one. Guarded by the queue's gate.
/// </summary>
/// <remarks>
/// After a crash, messages between the cursor and the horizon are flagged redelivered although nobody saw them; hence the step
/// follows the rate: it doubles while a step lasts less than a second, and halves when one lasts longer than ten.
/// </remarks>
internal sealed class DeliveryHorizon(StoredLog log, TimeProvider time)
{
    private const int StepMin = 64;
    private const int StepMax = 65_536;
    private static readonly TimeSpan Fast = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(10);

    private int _step = StepMin;
    private long _advancedAt;

    /// <summary>The commit index of the last advance: what to wait for when <see cref="Covers"/> says no.</summary>
    public ulong AwaitedIndex { get; private set; }

    /// <summary>Whether <paramref name="offset"/> may be delivered now; asks the store for more room in good time.</summary>
    public bool Covers(long offset)
    {
        if (!log.IsDurable)
        {
            return true;
        }

        if (log.PendingHorizon - offset <= _step / 2)
        {
            Advance(offset);
        }

        return offset < log.DurableHorizon;
    }

    private void Advance(long offset)
    {
        long now = time.GetTimestamp();
        TimeSpan lasted = time.GetElapsedTime(_advancedAt, now);
        if (_advancedAt != 0 && lasted < Fast)
        {
            _step = Math.Min(_step * 2, StepMax);
        }
        else if (lasted > Slow)
        {
            _step = Math.Max(_step / 2, StepMin);
        }

        _advancedAt = now;
        AwaitedIndex = log.AdvanceHorizon(offset + _step);
    }
}
