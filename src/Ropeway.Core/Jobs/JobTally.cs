namespace Ropeway.Core.Jobs;

/// <summary>Counts what a job has done. Any thread.</summary>
internal sealed class JobTally
{
    /// <summary>Most queues that are told by name; what goes to others is told together.</summary>
    private const int TargetsMax = 1000;

    private const string Others = "(others)";

    private readonly Lock _gate = new();
    private readonly Dictionary<string, long> _targets = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _left = new(StringComparer.Ordinal);
    private long _doneCount;
    private long _failedCount;
    private long _scannedCount;

    /// <summary>Messages that were handled, whether that went well or not.</summary>
    public long HandledCount
    {
        get
        {
            lock (_gate)
            {
                return _doneCount + _failedCount;
            }
        }
    }

    /// <summary>A message was looked at.</summary>
    public void Scan()
    {
        lock (_gate)
        {
            _scannedCount++;
        }
    }

    /// <summary>Messages are done with.</summary>
    /// <param name="targets">The queues that got a message.</param>
    /// <param name="count">How many messages.</param>
    public void Do(IEnumerable<string> targets, long count = 1)
    {
        lock (_gate)
        {
            _doneCount += count;
            foreach (string target in targets)
            {
                string name = _targets.Count < TargetsMax || _targets.ContainsKey(target) ? target : Others;
                _targets[name] = _targets.GetValueOrDefault(name) + count;
            }
        }
    }

    /// <summary>A message was left.</summary>
    /// <param name="reason">One of few words.</param>
    public void Leave(string reason)
    {
        lock (_gate)
        {
            _failedCount++;
            _left[reason] = _left.GetValueOrDefault(reason) + 1;
        }
    }

    /// <summary>The counts at this moment.</summary>
    public JobStatus ToStatus(JobState state)
    {
        lock (_gate)
        {
            return new JobStatus(state, _doneCount, _failedCount, _scannedCount)
            {
                Targets = new Dictionary<string, long>(_targets, StringComparer.Ordinal),
                Left = new Dictionary<string, long>(_left, StringComparer.Ordinal),
            };
        }
    }
}
