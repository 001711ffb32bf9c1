using Ropeway.Core.Queues;

namespace Ropeway.Core.Jobs;

/// <summary>What takes back for a time what a job did at once. Any thread, without gates.</summary>
internal interface IJobUndo
{
    /// <summary>Takes it back.</summary>
    /// <param name="index">The commit index to wait for; 0 when there is none.</param>
    UndoStatus Run(out ulong index);
}
