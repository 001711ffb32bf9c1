namespace Ropeway.Core;

/// <summary>
/// Counts the memory of bodies that are still arriving, over all connections. Whoever makes it overflow has to give up one of
/// several half-received messages; a connection's only one may always be finished. Any thread.
/// </summary>
/// <param name="bytesMax">Bytes from which on the budget counts as used up.</param>
public sealed class BodyBudget(long bytesMax)
{
    private long _bytes;

    /// <summary>Bytes in use.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Whether more is in use than there should be.</summary>
    public bool IsExceeded => Bytes > bytesMax;

    /// <summary>Counts memory that was taken, or given back when negative.</summary>
    public void Add(long bytes) => Interlocked.Add(ref _bytes, bytes);
}
