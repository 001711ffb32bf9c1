namespace Ropeway.Server.Bench;

/// <summary>
/// The times of the messages that the broker has not confirmed yet, in a ring by delivery tag. The producer notes a time
/// before it sends; the reader of the same connection takes it when the confirm comes. The producer never runs more than
/// the window ahead of <see cref="NextTag"/>, so both never touch the same slot.
/// </summary>
internal sealed class ConfirmTracker
{
    private const long Empty = 0;                // Not sent yet, or behind NextTag.
    private const long Settled = long.MinValue;  // Confirmed alone, ahead of NextTag.

    private readonly long[] _ticks;
    private readonly long _mask;
    private long _nextTag = 1;

    /// <summary>Makes an empty tracker.</summary>
    /// <param name="windowCount">How many messages may be unconfirmed, at least 1.</param>
    public ConfirmTracker(int windowCount)
    {
        _ticks = new long[System.Numerics.BitOperations.RoundUpToPowerOf2((uint)windowCount)];
        _mask = _ticks.Length - 1;
    }

    /// <summary>Lowest tag that is not confirmed. The reader's alone while it runs.</summary>
    public long NextTag => Volatile.Read(ref _nextTag);

    /// <summary>Messages that the broker took.</summary>
    public long ConfirmedCount { get; private set; }

    /// <summary>Messages that the broker refused (<c>basic.nack</c>).</summary>
    public long RefusedCount { get; private set; }

    /// <summary>Notes when message <paramref name="tag"/> was (or should have been) sent. The producer's thread.</summary>
    public void Note(long tag, long ticks) => _ticks[tag & _mask] = ticks;

    /// <summary>Takes a confirm. The reader's thread.</summary>
    /// <param name="tag">Delivery tag of the confirm.</param>
    /// <param name="isMultiple">Whether all tags up to it are meant.</param>
    /// <param name="isRefused">Whether it is a <c>basic.nack</c>; no latency is noted then.</param>
    /// <param name="nowTicks">When the confirm was received.</param>
    /// <param name="latency">Takes the time from sending to the confirm of each message.</param>
    /// <returns>How far <see cref="NextTag"/> moved: so many more messages may be sent.</returns>
    /// <exception cref="BenchException">The tag was never sent, or was confirmed before.</exception>
    public long Settle(long tag, bool isMultiple, bool isRefused, long nowTicks, LatencyRecorder latency)
    {
        long before = _nextTag;
        if (tag < before || tag - before > _mask || _ticks[tag & _mask] is Empty || (!isMultiple && _ticks[tag & _mask] == Settled))
        {
            throw new BenchException($"The broker confirmed delivery tag {tag}, which was not outstanding (next is {before}).");
        }

        for (long each = isMultiple ? before : tag; each <= tag; each++)
        {
            ref long ticks = ref _ticks[each & _mask];
            if (ticks == Settled)
            {
                continue; // Confirmed alone before this multiple confirm.
            }

            if (isRefused)
            {
                RefusedCount++;
            }
            else
            {
                ConfirmedCount++;
                latency.Record(ticks, nowTicks);
            }

            ticks = Settled;
        }

        return Advance(before);
    }

    private long Advance(long before)
    {
        long next = before;
        while (_ticks[next & _mask] == Settled)
        {
            _ticks[next & _mask] = Empty;
            next++;
        }

        Volatile.Write(ref _nextTag, next);
        return next - before;
    }
}
