namespace Ropeway.Security;

/// <summary>A user as the rest of the broker sees it. Immutable: a change makes a new one.</summary>
/// <param name="Name">The name, compared byte by byte.</param>
/// <param name="Tags">What the user may do in management, for example <see cref="UserTags.Administrator"/>.</param>
public sealed record User(string Name, IReadOnlyList<string> Tags)
{
    /// <summary>Whether the user has a tag.</summary>
    public bool HasTag(string tag) => Tags.Contains(tag, StringComparer.Ordinal);
}
