namespace Ropeway.Core.Timing;

/// <summary>
/// Work on a pool thread. A fault that left it would end the process: it is caught here, at the top, and hits only the part of the
/// broker that the work is for.
/// </summary>
public interface IPoolWork : IFaultScope, IThreadPoolWorkItem
{
    /// <summary>Does the work. No gate is held.</summary>
    void Run();

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        try
        {
            Run();
        }
        catch (Exception fault) when (Durability.IsStoreFailure(fault))
        {
            // The store tells its owner; nobody gets anything any more.
        }
        catch (Exception fault)
        {
            OnFault(fault);
        }
    }
}
