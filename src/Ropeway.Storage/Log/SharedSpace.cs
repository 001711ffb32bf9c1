using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>Space for a shared part that has been reserved in the journal: the caller overwrites all of <see cref="Payload"/> and ends with <see cref="Complete"/>.</summary>
/// <remarks>Completing is not optional: the commit thread waits for every reserved batch.</remarks>
public readonly ref struct SharedSpace
{
    private readonly TailSpace _tail;
    private readonly TailReservation _reservation;

    internal SharedSpace(TailSpace tail, TailReservation reservation)
    {
        _tail = tail;
        _reservation = reservation;
    }

    /// <summary>The bytes that are shared.</summary>
    public Span<byte> Payload => _reservation.Payload;

    /// <summary>Hands it to the commit thread: from now on records may refer to it, and it is durable when they are.</summary>
    public SharedPart Complete()
    {
        _tail.Filled(_reservation);
        return new SharedPart(_reservation.Position);
    }
}
