using System.Diagnostics;
using Ropeway.Simulation.Broken;
using Ropeway.Simulation.Steps;

namespace Ropeway.Simulation;

/// <summary>Runs many seeds, as many at a time as there are processors.</summary>
/// <param name="first">The first seed; the others follow.</param>
internal sealed class SeedRun(ulong first)
{
    private const int FailuresMax = 10;

    private readonly Lock _gate = new();
    private readonly List<Verdict> _failures = [];
    private long _next;
    private long _count;

    /// <summary>What has occurred in all of them.</summary>
    public Coverage Coverage { get; } = new();

    /// <summary>Seeds that were run to their end.</summary>
    public long Count => Interlocked.Read(ref _count);

    /// <summary>Those in which a promise was broken, by their seeds.</summary>
    public IReadOnlyList<Verdict> Failures
    {
        get
        {
            lock (_gate)
            {
                return [.. _failures.OrderBy(verdict => verdict.Seed)];
            }
        }
    }

    /// <summary>Runs them.</summary>
    /// <param name="countMax">So many at most.</param>
    /// <param name="timeMax">No more are begun after that.</param>
    /// <param name="rule">Broken on purpose; null for none.</param>
    /// <param name="onFailure">Told about each failure at once; one after the other.</param>
    public void Run(long countMax, TimeSpan timeMax, BrokenRule? rule = null, Action<Verdict>? onFailure = null)
    {
        var watch = Stopwatch.StartNew();
        Thread[] threads = [.. Enumerable.Range(0, Environment.ProcessorCount).Select(number => new Thread(() => Work(processor: number)) { Name = "simulations" })];
        Array.ForEach(threads, thread => thread.Start());
        Array.ForEach(threads, thread => thread.Join());

        void Work(int processor)
        {
            Processor.Keep(processor); // With all its strands.
            var coverage = new Coverage();
            while (watch.Elapsed < timeMax && !HasFailedTooOften())
            {
                long number = Interlocked.Increment(ref _next) - 1;
                if (number >= countMax)
                {
                    break;
                }

                Note(Simulation.Run(first + (ulong)number, coverage, rule?.MakeDisk), onFailure);
            }

            lock (_gate)
            {
                Coverage.Add(coverage);
            }
        }
    }

    private bool HasFailedTooOften()
    {
        lock (_gate)
        {
            return _failures.Count >= FailuresMax;
        }
    }

    private void Note(Verdict verdict, Action<Verdict>? onFailure)
    {
        Interlocked.Increment(ref _count);
        if (verdict.Violation is not null)
        {
            lock (_gate)
            {
                _failures.Add(verdict);
                onFailure?.Invoke(verdict);
            }
        }
    }
}
