namespace Ropeway.TestKit.History;

/// <summary>One broken promise.</summary>
/// <param name="Kind">Which promise.</param>
/// <param name="Detail">Queue, producer, sequence, and what was seen.</param>
public sealed record Violation(ViolationKind Kind, string Detail)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Kind}: {Detail}";
}
