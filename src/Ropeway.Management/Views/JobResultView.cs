namespace Ropeway.Management.Views;

/// <summary>Messages of a job by the queues that got them, and those that were left by reason.</summary>
internal sealed record JobResultView(IReadOnlyDictionary<string, long> Targets, IReadOnlyDictionary<string, long> Left);
