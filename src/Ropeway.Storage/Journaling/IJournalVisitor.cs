namespace Ropeway.Storage.Journaling;

/// <summary>Receives what recovery finds in the journal, in order, on the scanning thread.</summary>
internal interface IJournalVisitor
{
    /// <summary>A valid batch of messages, settlements, a horizon, marks or metadata, or the end of a unit. Housekeeping batches are not handed over.</summary>
    /// <param name="header">Its header.</param>
    /// <param name="payload">Its payload without padding; valid during the call only.</param>
    /// <param name="position">Journal position of its header.</param>
    void OnBatch(in BatchHeader header, ReadOnlySpan<byte> payload, long position);

    /// <summary>Durable bytes are damaged. Scanning goes on behind them, or ends there when nothing valid follows; a visitor that cannot live with the damage throws.</summary>
    void OnDamage(JournalDamage damage);
}
