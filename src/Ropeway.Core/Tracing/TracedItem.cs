namespace Ropeway.Core.Tracing;

/// <summary>A traced message on its way into queues.</summary>
/// <param name="Line">Its life line.</param>
/// <param name="Source">The stay that it goes on from; null when it was in no place before.</param>
/// <param name="Origin">Where it comes from; null when its publisher sends it.</param>
internal readonly record struct TracedItem(LifeLine Line, QueueStay? Source, StayOrigin? Origin);
