namespace Ropeway.Simulation.Model;

/// <summary>The ids that a queue with deduplication has taken, as far as that is known: it remembers the last ones.</summary>
internal sealed class TakenIds
{
    /// <summary>Ids that a queue remembers.</summary>
    public const int CountMax = 6;

    private readonly List<Taken> _all = []; // The oldest first. An id that came again stays in both places: a crash may take the later one.

    /// <summary>The message that an id came with last; null when it is not known to have come.</summary>
    public ModelMessage? MessageOf(int id) => _all.FindLast(taken => taken.Id == id)?.Message;

    /// <summary>Whether the queue remembers an id; null when it may or may not.</summary>
    public bool? Remembers(int id)
    {
        int place = _all.FindLastIndex(taken => taken.Id == id);
        if (place < 0)
        {
            return false;
        }

        int newer = _all.Count - 1 - place;
        int certainlyNewer = _all.Skip(place + 1).Count(taken => taken.IsCertain);
        return certainlyNewer >= CountMax ? false : _all[place].IsCertain && newer < CountMax ? true : null;
    }

    /// <summary>The queue has taken an id.</summary>
    public void Take(int id, ModelMessage message) => _all.Add(new Taken(id, message) { IsCertain = true });

    /// <summary>The queue has shown that it remembers an id.</summary>
    public void Learn(int id) => _all.FindLast(taken => taken.Id == id)!.IsCertain = true;

    /// <summary>The broker has started again: ids are there with their messages, or are not.</summary>
    /// <param name="wasClean">Whether it was stopped in an orderly way.</param>
    public void Restart(bool wasClean)
    {
        _all.RemoveAll(taken => !wasClean && taken.IsLost);
        _all.ForEach(taken => taken.IsCertain &= wasClean || taken.Message.IsConfirmed);
    }

    private sealed class Taken(int id, ModelMessage message)
    {
        public int Id { get; } = id;

        public ModelMessage Message { get; } = message;

        /// <summary>Whether it came for certain: its message is confirmed, or no crash was since then.</summary>
        public bool IsCertain { get; set; }

        /// <summary>Nobody has settled its message, and the crash has taken it.</summary>
        public bool IsLost => !Message.IsConfirmed && Message.State is MessageState.Ready or MessageState.Held;
    }
}
