namespace Ropeway.Transport.Tests;

/// <summary>The one safety net of all waits: no test waits for time to pass.</summary>
internal static class Deadline
{
    public static readonly TimeSpan Max = TimeSpan.FromSeconds(90);

    public static Task<T> WithDeadlineAsync<T>(this Task<T> task) => task.WaitAsync(Max, TimeProvider.System);

    public static Task WithDeadlineAsync(this Task task) => task.WaitAsync(Max, TimeProvider.System);
}
