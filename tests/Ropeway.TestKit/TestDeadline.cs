namespace Ropeway.TestKit;

/// <summary>The one deadline of all waits in the suites. It is a safety net: no test passes or fails by how long it took.</summary>
public static class TestDeadline
{
    /// <summary>How long anything may take that should happen at once.</summary>
    public static readonly TimeSpan Value = TimeSpan.FromSeconds(90);

    /// <summary>The same in milliseconds.</summary>
    public const int Milliseconds = 90_000;
}
