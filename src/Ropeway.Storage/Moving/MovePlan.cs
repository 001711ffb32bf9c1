namespace Ropeway.Storage;

/// <summary>Which runs the mover takes to new files.</summary>
/// <param name="Kind">Where they lie now.</param>
/// <param name="Below">For the journal and transient memory: runs below this position.</param>
/// <param name="Files">For segments and spill files: runs in these files.</param>
internal sealed record MovePlan(RunKind Kind, long Below, IReadOnlySet<uint>? Files)
{
    /// <summary>True for the live runs of this plan.</summary>
    public bool Takes(in Run run) =>
        run.Kind == Kind && run.Live > 0 && (Files is null ? (long)run.Where < Below : Files.Contains(run.FileId));
}
