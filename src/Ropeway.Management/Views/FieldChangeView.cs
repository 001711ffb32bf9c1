namespace Ropeway.Management.Views;

/// <summary>A field that an import would change.</summary>
/// <param name="Field">Its name.</param>
/// <param name="Old">What it is, as JSON; null when it is not there. Always null for a password, which is never shown.</param>
/// <param name="New">What it would be.</param>
internal sealed record FieldChangeView(string Field, string? Old, string? New);
