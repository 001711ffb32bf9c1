namespace Ropeway.TestKit.History;

/// <summary>Where a message stands with its consumers.</summary>
internal enum Custody : byte
{
    /// <summary>In the queue, as far as the consumers know.</summary>
    Ready,

    /// <summary>Delivered to a session that has not answered.</summary>
    Held,

    /// <summary>An ack was written, but nothing shows yet that the broker has it.</summary>
    Acked,

    /// <summary>The ack is covered by a later reply or confirm: it must never come again.</summary>
    Settled,
}
