namespace Ropeway.Storage.Tests;

/// <summary>The one limit for waits; only a broken test ever reaches it.</summary>
internal static class Deadline
{
    public const int Milliseconds = 90_000;
}
