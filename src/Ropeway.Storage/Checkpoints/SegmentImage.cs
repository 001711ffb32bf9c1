namespace Ropeway.Storage;

/// <summary>One live segment as a checkpoint lists it.</summary>
/// <param name="Id">Its id.</param>
/// <param name="EntryCount">Batches in it.</param>
/// <param name="RecordCount">Records in it.</param>
internal readonly record struct SegmentImage(uint Id, long EntryCount, long RecordCount);
