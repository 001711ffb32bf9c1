namespace Ropeway.Storage.Tests.Stores;

/// <summary>What a power cut at one moment left, and what had been promised by then.</summary>
/// <param name="Disk">The image.</param>
/// <param name="CommittedIndex">Everything up to it was promised.</param>
/// <param name="Step">No later step of the test can be in the image.</param>
internal sealed record CrashImage(MemoryDisk Disk, ulong CommittedIndex, int Step);
