namespace Ropeway.Storage;

/// <summary>Counts what is still alive in files, so that they can be rewritten and deleted.</summary>
internal interface ILiveCounter
{
    /// <summary>Records of a run were settled. Called under the log's gate.</summary>
    /// <param name="run">The run as it was before.</param>
    /// <param name="count">How many.</param>
    /// <param name="bodyId">The external body that lost its record, or 0.</param>
    void OnSettled(in Run run, uint count, ulong bodyId);
}
