namespace Ropeway.Core.Timing;

/// <summary>Something that happens at a time, see <see cref="Deadlines"/>. One per thing that waits, whatever it waits for; it decides anew when it is called.</summary>
public abstract class Timed : IFaultScope
{
    /// <summary>Its place in the heap; -1 when it has no deadline. Guarded by the owner of the heap.</summary>
    internal int Place { get; set; } = -1;

    /// <summary>When it is due. Guarded by the owner of the heap.</summary>
    internal long DueMs { get; set; }

    /// <summary>The deadline has come; it is set no more. No gate is held. Must not wait: all others wait behind it.</summary>
    /// <param name="nowMs">Milliseconds since the Unix epoch.</param>
    protected internal abstract void OnDue(long nowMs);

    /// <inheritdoc/>
    public abstract void OnFault(Exception fault);
}
