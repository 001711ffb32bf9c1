namespace Ropeway.Management.Views;

/// <summary>The first bytes of a body, as text when they are some, else as base64.</summary>
internal sealed record BodyView(int Size, string? Text, string? Base64, bool Truncated, string? Encoding);
