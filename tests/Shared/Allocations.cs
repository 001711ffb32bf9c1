namespace Ropeway.Tests;

/// <summary>
/// Measures what steady work allocates, as the least of several rounds. A single round is no measure: the runtime adds to a thread's
/// count when it exchanges a method for its optimised version, and when a collection that any thread starts takes away the
/// rest of the thread's allocation buffer. What the code itself allocates is in every round, and so in the least. Each test that
/// measures compiles this file; any thread may call it. An exception of a round passes through.
/// </summary>
internal static class Allocations
{
    private const int CallCount = 10_000;
    private const int RoundCountMax = 10;

    /// <summary>The least bytes that a round of 10,000 calls allocated on this thread.</summary>
    public static long Least(Action call) => LeastOf(() =>
    {
        for (int i = 0; i < CallCount; i++)
        {
            call();
        }
    });

    /// <summary>The least bytes that a round allocated on this thread.</summary>
    /// <param name="round">The work, the same each time.</param>
    /// <param name="enoughBytes">The bound, inclusive, that the test asserts: no more rounds once one is within it.</param>
    public static long LeastOf(Action round, long enoughBytes = 0) => LeastSum(
        () =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            round();
            return GC.GetAllocatedBytesForCurrentThread() - before;
        },
        enoughBytes);

    /// <summary>The same for work that changes what it works on: each round starts from a new state, so that growth is in every round.</summary>
    /// <param name="prepare">Makes and warms the state; not measured. The state is disposed of after its round if it can be.</param>
    /// <param name="round">The work on that state.</param>
    /// <param name="enoughBytes">As above.</param>
    public static long LeastOf<T>(Func<T> prepare, Action<T> round, long enoughBytes = 0)
        where T : class => LeastSum(
        () =>
        {
            T state = prepare();
            using (state as IDisposable)
            {
                long before = GC.GetAllocatedBytesForCurrentThread();
                round(state);
                return GC.GetAllocatedBytesForCurrentThread() - before;
            }
        },
        enoughBytes);

    /// <summary>The least bytes that a round allocated on all threads together.</summary>
    /// <param name="round">The work, the same each time.</param>
    /// <param name="enoughBytes">As above.</param>
    public static long LeastOfAllThreads(Action round, long enoughBytes = 0) => LeastSum(
        () =>
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            round();
            return GC.GetTotalAllocatedBytes(precise: true) - before;
        },
        enoughBytes);

    /// <summary>The least of what the rounds measured themselves, because only parts of a round are to be measured.</summary>
    /// <param name="round">Does the work and returns the sum over its parts in bytes.</param>
    /// <param name="enoughBytes">As above.</param>
    public static long LeastSum(Func<long> round, long enoughBytes = 0)
    {
        long least = long.MaxValue;
        for (int i = 0; i < RoundCountMax && least > enoughBytes; i++)
        {
            least = Math.Min(least, round());
        }

        return least;
    }
}
