namespace Ropeway.Core.Topology;

/// <summary>Told about a virtual host that goes, so that what others keep for it goes in the same step.</summary>
internal interface IVirtualHostObserver
{
    /// <summary>Forgets what is kept for the host, which cannot be found any more.</summary>
    /// <returns>The keys of the stored definitions to delete with it.</returns>
    IReadOnlyList<byte[]> OnDeleting(string host);
}
