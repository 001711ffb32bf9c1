using Ropeway.Storage.Tests.Stores;

namespace Ropeway.Storage.Tests.Upkeep;

/// <summary>Appends and settles in a known order, so that a state can be compared with the state after so many steps. One thread runs it.</summary>
internal sealed class BackupLoad
{
    private readonly Store _store;
    private readonly List<StoredLog> _logs;
    private readonly SeededRandom _random;
    private readonly List<(ulong LogId, bool IsSettled, long Offset)> _steps = [];
    private long _confirmedCount;

    public BackupLoad(Store store, List<StoredLog> logs, SeededRandom random)
    {
        _store = store;
        _logs = logs;
        _random = random;
    }

    /// <summary>Steps that are durable. Any thread.</summary>
    public long ConfirmedCount => Interlocked.Read(ref _confirmedCount);

    public void Run(int count)
    {
        for (int i = 0; i < count; i++)
        {
            StoredLog log = _logs[_random.Next(_logs.Count)];
            bool isSettled = _random.Chance(45) && log.UnsettledCount > 0;
            long offset = isSettled ? log.StartOffset : log.EndOffset;
            ulong index = isSettled ? StoreRig.Settle(log, offset, offset + 1)
                : _random.Chance(30) ? SharedRecords.Append([log], count: 1, sharedBytes: _random.Next(900), number: i)
                : StoreRig.Append(log, 1, _random.Next(900));
            _steps.Add((log.Id, isSettled, offset));
            if (_random.Chance(20))
            {
                CommitGate.Wait(_store, index);
                Interlocked.Exchange(ref _confirmedCount, _steps.Count);
            }
        }
    }

    /// <summary>Asserts that a store is what some number of steps from the beginning leaves, at least so many.</summary>
    public void AssertIsPrefix(Store restored, long countMin)
    {
        Dictionary<ulong, SortedSet<long>> state = _logs.ToDictionary(log => log.Id, _ => new SortedSet<long>());
        Dictionary<ulong, List<long>> found = restored.Logs.ToDictionary(log => log.Id, StoreRig.ReadAll);
        for (int done = 0; done <= _steps.Count; done++)
        {
            if (done >= countMin && state.All(pair => pair.Value.SequenceEqual(found[pair.Key])))
            {
                return;
            }

            if (done < _steps.Count)
            {
                (ulong id, bool isSettled, long offset) = _steps[done];
                _ = isSettled ? state[id].Remove(offset) : state[id].Add(offset);
            }
        }

        Assert.Fail($"The backup is no state after {countMin} to {_steps.Count} steps.");
    }
}
