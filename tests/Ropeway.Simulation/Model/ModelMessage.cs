namespace Ropeway.Simulation.Model;

/// <summary>What is known of one message in one queue.</summary>
internal sealed class ModelMessage
{
    public required ModelQueue Queue { get; init; }

    /// <summary>Unique among all publishes; in the body.</summary>
    public required long Id { get; init; }

    public required long Offset { get; init; }

    /// <summary>False: it may not survive a restart.</summary>
    public required bool IsPersistent { get; init; }

    /// <summary>When it was published, in milliseconds since the Unix epoch; of dead letters and delayed messages 0.</summary>
    public long PublishedMs { get; init; }

    /// <summary>Milliseconds since the Unix epoch; 0 when it does not expire.</summary>
    public long ExpiresAtMs { get; init; }

    /// <summary>Its priority as its queue counts it; 0 where priorities do not count.</summary>
    public int Rank { get; init; }

    /// <summary>Its group; null when it has none, or groups do not count in its queue.</summary>
    public int? Group { get; init; }

    public MessageState State { get; set; }

    /// <summary>Its publisher was told that it is safe, or it has survived a crash.</summary>
    public bool IsConfirmed { get; set; }

    /// <summary>A consumer has had it.</summary>
    public bool WasDelivered { get; set; }

    /// <summary>Who has had it last: a consumer, or null for somebody who asked for one message.</summary>
    public object? Taker { get; set; }

    /// <summary>How often it came back to a queue with retry.</summary>
    public ReturnCount Returns { get; } = new();

    /// <summary>The store failed while it was being published: until the next start it is in its queue, or not.</summary>
    public bool IsInDoubt { get; set; }

    /// <summary>It has expired, is too much, or was rejected: it may have left its queue at any time.</summary>
    public bool MayLeave { get; set; }

    /// <summary>The unit that published it; null when none did, or its end is confirmed.</summary>
    public ModelUnit? Publisher { get; set; }

    /// <summary>The unit that settled it; null as above.</summary>
    public ModelUnit? Settler { get; set; }

    public override string ToString() => $"message {Id} at offset {Offset} of '{Queue.Name}' ({State}{(IsConfirmed ? ", confirmed" : "")}{(MayLeave ? ", may leave" : "")})";
}
