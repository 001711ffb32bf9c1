namespace Ropeway.Faults.Tests;

/// <summary>Everything that the clients of one queue saw, and what a backup that was taken meanwhile must hold of it. Thread-safe.</summary>
internal sealed class BackupHistory
{
    private static long _clock;

    private readonly Lock _gate = new();
    private readonly List<BackupMessage> _messages = [];
    private int _settledCount;

    /// <summary>Messages that were settled so far.</summary>
    public int SettledCount => Volatile.Read(ref _settledCount);

    /// <summary>A time that no other has.</summary>
    public static long Now() => Interlocked.Increment(ref _clock);

    /// <summary>A message is about to be published; gives its sequence.</summary>
    public long Publish()
    {
        lock (_gate)
        {
            _messages.Add(new BackupMessage { PublishedAt = Now() });
            return _messages.Count - 1;
        }
    }

    public void Confirm(long sequence) => Note(sequence, static message => message.ConfirmedAt = Now());

    public void Acknowledge(long sequence) => Note(sequence, static message => message.AckedAt = Now());

    public void Settle(long sequence)
    {
        Note(sequence, static message => message.SettledAt = Now());
        Interlocked.Increment(ref _settledCount);
    }

    /// <summary>What is wrong with a restored queue.</summary>
    /// <param name="found">Its messages in the order of the queue.</param>
    /// <param name="begun">When the backup was asked for.</param>
    /// <param name="ended">When it was there.</param>
    public List<string> Check(IReadOnlyList<long> found, long begun, long ended)
    {
        List<string> wrong = [];
        HashSet<long> there = [.. found];
        long last = found.Count == 0 ? -1 : found[^1];
        for (int i = 1; i < found.Count; i++)
        {
            if (found[i] <= found[i - 1])
            {
                wrong.Add($"{found[i]} comes after {found[i - 1]}");
            }
        }

        lock (_gate)
        {
            for (int sequence = 0; sequence < _messages.Count; sequence++)
            {
                BackupMessage message = _messages[sequence];
                bool isThere = there.Contains(sequence);
                bool mayBeGone = message.AckedAt < ended;
                if (!isThere && !mayBeGone && (message.ConfirmedAt < begun || sequence < last))
                {
                    wrong.Add($"{sequence} is lost: confirmed at {message.ConfirmedAt}, the backup was begun at {begun} and holds {last}");
                }

                if (isThere && message.SettledAt < begun)
                {
                    wrong.Add($"{sequence} was settled at {message.SettledAt}, before the backup was begun at {begun}, and came back");
                }

                if (isThere && message.PublishedAt > ended)
                {
                    wrong.Add($"{sequence} was published after the backup had ended");
                }
            }
        }

        return wrong;
    }

    private void Note(long sequence, Action<BackupMessage> note)
    {
        lock (_gate)
        {
            note(_messages[(int)sequence]);
        }
    }
}
