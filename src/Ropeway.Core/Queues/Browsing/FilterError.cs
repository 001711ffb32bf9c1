namespace Ropeway.Core.Queues.Browsing;

/// <summary>Why a filter cannot be used; immutable.</summary>
/// <param name="Column">Where the mistake is: the number of the character, from 1 on.</param>
/// <param name="Text">What is wrong and what was expected.</param>
public sealed record FilterError(int Column, string Text)
{
    /// <inheritdoc/>
    public override string ToString() => $"column {Column}: {Text}";
}
