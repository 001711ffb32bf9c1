using System.Runtime.CompilerServices;
using Ropeway.Core.Topology;

namespace Ropeway.Core.Statistics;

/// <summary>
/// Counts what happens to the messages of one queue, exchange, channel or virtual host since it is there, at the latest since the start. Made at the first
/// event, so that idle objects cost nothing. Each event has one writer at a time, by the rules of the owner; any thread may read.
/// </summary>
/// <param name="owner">The object.</param>
/// <param name="host">The virtual host that it is, or belongs to.</param>
public sealed class ObjectCounters(object owner, VirtualHost host)
{
    private readonly ActiveObjects _active = host.Services.Active;
    private EventCounts _counts; // Mutable struct; this object is its only owner.
    private int _isListed;
    private volatile bool _hasEnded;

    /// <summary>The object that is counted for.</summary>
    public object Owner => owner;

    /// <summary>The virtual host that it is, or belongs to.</summary>
    public VirtualHost Host => host;

    /// <summary>Messages that were ready when counting began; of a queue.</summary>
    public long FirstReady { get; init; }

    /// <summary>Messages that were held when counting began; of a queue.</summary>
    public long FirstHeld { get; init; }

    /// <summary>Whether the object is gone: nothing more comes.</summary>
    public bool HasEnded => _hasEnded;

    /// <summary>What the one who samples the counts keeps beside them.</summary>
    public object? Sample { get; set; }

    /// <summary>The number of an event.</summary>
    public long this[MessageEvent of] => Volatile.Read(ref _counts[(int)of]);

    /// <summary>Counts events. By the one writer of this event.</summary>
    public void Add(MessageEvent of, long count)
    {
        _counts[(int)of] += count;
        NoteChange();
    }

    /// <summary>Counts events that have many writers. Any thread.</summary>
    public void AddShared(MessageEvent of, long count)
    {
        Interlocked.Add(ref _counts[(int)of], count);
        NoteChange();
    }

    /// <summary>Counts what one round delivered. By the one writer of these events.</summary>
    /// <param name="held">Messages that wait for an acknowledgement.</param>
    /// <param name="settled">Messages that were settled by their delivery.</param>
    /// <param name="redelivered">Those among both that are flagged as redelivered.</param>
    public void AddDeliveries(long held, long settled, long redelivered)
    {
        _counts[(int)MessageEvent.Delivered] += held;
        _counts[(int)MessageEvent.DeliveredWithoutAck] += settled;
        _counts[(int)MessageEvent.Redelivered] += redelivered;
        NoteChange();
    }

    /// <summary>Counts one delivery. By the one writer of these events.</summary>
    /// <param name="as">How it was delivered.</param>
    /// <param name="isRedelivered">Whether it is flagged so.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)] // Once a message, with a constant.
    public void AddDelivery(MessageEvent @as, bool isRedelivered)
    {
        _counts[(int)@as]++;
        if (isRedelivered)
        {
            _counts[(int)MessageEvent.Redelivered]++;
        }

        NoteChange();
    }

    /// <summary>Something has changed that is sampled with the counts.</summary>
    public void NoteChange()
    {
        if (_isListed == 0 && _active.IsWatched)
        {
            TryList();
        }
    }

    /// <summary>The object is gone.</summary>
    public void End()
    {
        _hasEnded = true;
        NoteChange();
    }

    /// <summary>Copies all numbers.</summary>
    public void CopyTo(Span<long> counts)
    {
        for (int i = 0; i < EventCounts.Length; i++)
        {
            counts[i] = Volatile.Read(ref _counts[i]);
        }
    }

    /// <summary>Has it listed among what is active; nothing happens when it is, or when nobody samples.</summary>
    public void TryList()
    {
        if (_active.IsWatched && Interlocked.Exchange(ref _isListed, 1) == 0)
        {
            _active.Add(this);
        }
    }

    /// <summary>It is not active any more: the next change lists it again. A change at the same moment may not; who samples looks once more later.</summary>
    public void Unlist() => Interlocked.Exchange(ref _isListed, 0);
}
