namespace Ropeway.Core.Topology;

/// <summary>Whose log it is, for people.</summary>
/// <param name="VirtualHost">Its virtual host.</param>
/// <param name="Queue">Its queue; null for the log of a virtual host's delayed messages.</param>
/// <param name="IsOfIds">True for the log of the ids that the queue has had, false for its messages.</param>
public sealed record LogName(string VirtualHost, string? Queue, bool IsOfIds)
{
    /// <inheritdoc/>
    public override string ToString() => Queue is null
        ? $"delayed messages of virtual host '{VirtualHost}'"
        : $"{(IsOfIds ? "ids seen by " : string.Empty)}queue '{Queue}' of virtual host '{VirtualHost}'";
}
