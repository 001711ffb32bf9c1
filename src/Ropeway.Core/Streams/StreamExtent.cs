namespace Ropeway.Core.Streams;

/// <summary>Where a stream begins and ends at one moment, and what it takes on the disk.</summary>
/// <param name="StartOffset">Offset of the oldest message; <paramref name="EndOffset"/> when there is none.</param>
/// <param name="DurableEnd">Exclusive end of what is on the disk: readers get no message at or above it.</param>
/// <param name="EndOffset">The offset that the next message gets.</param>
/// <param name="Bytes">Bytes of its messages on the disk, about.</param>
public readonly record struct StreamExtent(long StartOffset, long DurableEnd, long EndOffset, long Bytes);
