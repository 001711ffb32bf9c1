namespace Ropeway.Core.Tests.Queues;

/// <summary>A message as the model of a queue knows it.</summary>
internal sealed class ModelMessage(long offset, string body, bool persistent)
{
    public long Offset { get; } = offset;

    public string Body { get; } = body;

    public bool Persistent { get; } = persistent;

    /// <summary>Delivered, and neither settled nor returned.</summary>
    public bool IsHeld { get; set; }

    /// <summary>Delivered at least once: from then on it must be flagged.</summary>
    public bool WasDelivered { get; set; }

    /// <summary>There was a crash: it may be flagged although nobody got it.</summary>
    public bool MayBeFlagged { get; set; }
}
