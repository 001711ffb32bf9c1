namespace Ropeway.Management.Tests;

/// <summary>The one limit for waits; only a broken test ever reaches it.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Value = TimeSpan.FromSeconds(90);
}
