namespace Ropeway.TestKit.Conversations;

/// <summary>An argument of a method, or a content property.</summary>
/// <param name="Name">Its name in the specification, for example <c>routing-key</c>.</param>
/// <param name="Kind">Its form.</param>
public sealed record MethodField(string Name, FieldKind Kind);
