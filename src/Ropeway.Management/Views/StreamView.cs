namespace Ropeway.Management.Views;

/// <summary>What a stream has beyond other queues.</summary>
/// <param name="StartOffset">Offset of the oldest message; that of <paramref name="EndOffset"/> when there is none.</param>
/// <param name="DurableEnd">Exclusive end of what readers can have.</param>
/// <param name="EndOffset">The offset that the next message gets.</param>
/// <param name="Bytes">What its messages take on the disk, about.</param>
/// <param name="BytesMax">From which size on the oldest messages are dropped; null for none.</param>
/// <param name="MaxAgeS">After how many seconds messages are dropped; null for never.</param>
internal sealed record StreamView(long StartOffset, long DurableEnd, long EndOffset, long Bytes, long? BytesMax, double? MaxAgeS);
