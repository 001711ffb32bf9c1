namespace Ropeway.Management.Views;

/// <summary>Who asks, and until when.</summary>
/// <param name="User">The user's name.</param>
/// <param name="Tags">Its tags.</param>
/// <param name="Expires">When the session ends if nothing more is done, in UTC; null for a request with a password.</param>
internal sealed record SessionView(string User, IReadOnlyList<string> Tags, string? Expires);
