using Ropeway.Management.Http;

namespace Ropeway.Management.Definitions;

/// <summary>What is to be imported, and how. Immutable.</summary>
/// <param name="Document">The definitions.</param>
/// <param name="OnlyHost">Null for all; else only topology is imported, and into this virtual host.</param>
/// <param name="User">Who asks.</param>
/// <param name="IsPruning">Whether what is there and not in the document is deleted.</param>
internal sealed record ImportOrder(JsonBody Document, string? OnlyHost, string User, bool IsPruning)
{
    /// <summary>The state of the diff that was seen: nothing is done when there is another by now. Null to import whatever it changes.</summary>
    public string? Seen { get; init; }
}
