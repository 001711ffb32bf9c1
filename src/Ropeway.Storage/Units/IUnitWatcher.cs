namespace Ropeway.Storage;

/// <summary>Something that must know when what a unit appended is durable: see <see cref="AtomicUnit.Watch"/>.</summary>
public interface IUnitWatcher
{
    /// <summary>The unit has ended. Called without gates, by the thread that ends it; must not throw.</summary>
    /// <param name="unit">The unit.</param>
    /// <param name="index">The index that all of it is durable at; 0 when nothing of it is journalled, or it was dropped.</param>
    void OnUnitEnded(AtomicUnit unit, ulong index);
}
