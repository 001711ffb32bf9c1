namespace Ropeway.Storage;

/// <summary>
/// Does the background work of a store that has no threads of its own, one step after the other, in an order of its choice: a simulation.
/// Everything then happens on one thread.
/// </summary>
internal interface IStepRunner
{
    /// <summary>Takes work that is done in steps, when the store has been opened. Two steps of the same work never run within each other; those of different work may, where one waits or uses the disk.</summary>
    /// <param name="name">What it is, for the history.</param>
    /// <param name="isAsked">Whether there may be something to do. Never waits.</param>
    /// <param name="step">Does one step; false when there was nothing to do.</param>
    void Add(string name, Func<bool> isAsked, Func<bool> step);

    /// <summary>Called, again and again, by a step or a caller that waits for other work: does some of it.</summary>
    void RunOther();
}
