namespace Ropeway.Simulation.Model;

/// <summary>What one reader of a stream gets: every message from its beginning on, once, in order, as far as they were not dropped.</summary>
/// <param name="model">The model.</param>
/// <param name="stream">The stream.</param>
/// <param name="firstMin">It begins at this offset or behind it.</param>
/// <param name="firstMax">It leaves out nothing from this offset on.</param>
internal sealed class StreamReading(BrokerModel model, ModelQueue stream, long firstMin, long firstMax)
{
    private long? _next;

    /// <summary>When the first message was published at the earliest, in milliseconds since the Unix epoch; see <see cref="YoungFrom"/>.</summary>
    public long NotBeforeMs { get; init; } = long.MinValue;

    /// <summary>From this offset on <see cref="NotBeforeMs"/> does not count: nothing that was young enough was there.</summary>
    public long YoungFrom { get; init; }

    /// <summary>It gets a message.</summary>
    /// <param name="found">The message.</param>
    /// <param name="start">The oldest offset that the stream has.</param>
    public void Take(FoundMessage found, long start)
    {
        model.DropBelow(stream, start);
        if (!stream.Messages.TryGetValue(found.Offset, out ModelMessage? message))
        {
            model.Fail($"message {found.Id} was read at offset {found.Offset} of '{stream.Name}', and nobody has published it there");
        }

        model.CheckIdentity(message, found);
        model.Check(message.State == MessageState.Ready, message, "was read");
        model.Check(found.Offset >= (_next ?? firstMin), message, $"was read by somebody who was at {_next ?? firstMin}");
        model.Check(_next is not null || message.PublishedMs >= NotBeforeMs || found.Offset >= YoungFrom, message, $"was read first, and is older than {NotBeforeMs}");
        CheckComplete(found.Offset);
        message.IsConfirmed = true; // Only what is on the disk is read.
        stream.ReadableEnd = Math.Max(stream.ReadableEnd, found.Offset + 1);
        _next = found.Offset + 1;
    }

    /// <summary>Nothing in front of an offset was left out.</summary>
    public void CheckComplete(long end)
    {
        long from = _next ?? firstMax;
        for (int i = stream.Messages.Count - 1; i >= 0 && stream.Messages.Keys[i] >= from; i--)
        {
            ModelMessage message = stream.Messages.Values[i];
            model.Check(message.Offset >= end || message.State == MessageState.Settled, message, $"was left out by a reader that is at {end}");
        }
    }
}
