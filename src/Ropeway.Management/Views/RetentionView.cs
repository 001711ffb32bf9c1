namespace Ropeway.Management.Views;

/// <summary>How far back samples go, in seconds.</summary>
/// <param name="Global">Of the node.</param>
/// <param name="Basic">Of a bounded number of queues.</param>
/// <param name="Detailed">By pairs of objects: none are kept.</param>
internal sealed record RetentionView(IReadOnlyList<int> Global, IReadOnlyList<int> Basic, IReadOnlyList<int> Detailed);
