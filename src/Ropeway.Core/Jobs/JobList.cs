using System.Security.Cryptography;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;

namespace Ropeway.Core.Jobs;

/// <summary>The jobs of the process: those that work, and those that have ended within a day. Any thread.</summary>
/// <param name="broker">Whose messages they handle.</param>
public sealed class JobList(Broker broker) : IDisposable
{
    /// <summary>Most jobs that work at once.</summary>
    public const int RunningMax = 8;

    /// <summary>Most of them that one user began: others find room.</summary>
    public const int RunningPerUserMax = 4;

    /// <summary>Most jobs that are known; the oldest that has ended is forgotten for one more.</summary>
    public const int KeptMax = 200;

    /// <summary>How long a job is known after its end.</summary>
    public static readonly TimeSpan KeptTime = TimeSpan.FromHours(24);

    private readonly Lock _gate = new();
    private readonly List<Job> _jobs = []; // The oldest first.
    private bool _isStopped;

    /// <summary>All of them, the newest first.</summary>
    public IReadOnlyList<Job> All
    {
        get
        {
            lock (_gate)
            {
                Forget();
                return [.. Enumerable.Reverse(_jobs)];
            }
        }
    }

    /// <summary>Finds one; null when it is not known, or not any more.</summary>
    public Job? Find(string id) => All.FirstOrDefault(job => job.Id == id);

    /// <summary>Begins a job.</summary>
    /// <returns>The job; null when too many work, of all users or of this one, or the broker stops.</returns>
    public Job? TryStart(JobRequest request)
    {
        lock (_gate)
        {
            Job[] running = [.. _jobs.Where(job => !job.HasEnded)];
            if (_isStopped || running.Length >= RunningMax || running.Count(job => job.Request.User == request.User) >= RunningPerUserMax || !request.Source.Services.Background.TryBegin())
            {
                return null;
            }

            Job job = Add(request);
            _ = job.RunAsync(); // The clean stop waits for it as for all background work; it does not fault.
            return job;
        }
    }

    /// <summary>Purges a queue. While the broker is short of space that is final, otherwise it can be taken back for <see cref="PurgeUndo.Time"/>.</summary>
    /// <param name="request">Its source is no stream.</param>
    /// <param name="index">The commit index to wait for; 0 when there is none.</param>
    /// <returns>The job, which has ended.</returns>
    public Job Purge(JobRequest request, out ulong index)
    {
        var queue = (SharedQueue)request.Source;
        PurgeUndo? undo = null;
        long count;
        if (broker.Admission.Reason is null)
        {
            undo = PurgeUndo.Purge(queue, out count, out index);
        }
        else
        {
            count = queue.Purge(out index);
        }

        lock (_gate)
        {
            Job job = Add(request);
            job.EndAtOnce(count, undo);
            return job;
        }
    }

    /// <summary>
    /// Deletes a queue with its messages. While the broker is short of space, and for a queue that drops duplicates, that is final; otherwise it can be taken back
    /// for <see cref="ShelvedQueue.Time"/>.
    /// </summary>
    /// <param name="request">Its source is the queue.</param>
    /// <param name="ifUnused">Only when it has no consumer.</param>
    /// <param name="ifEmpty">Only when it has no message.</param>
    /// <param name="index">The commit index to wait for; 0 when there is none.</param>
    /// <returns>The job, which has ended.</returns>
    /// <exception cref="RefusedException">A condition does not hold, the queue is a connection's own, or gone.</exception>
    public Job DeleteQueue(JobRequest request, bool ifUnused, bool ifEmpty, out ulong index)
    {
        Queue queue = request.Source;
        DeletionUndo? undo = null;
        DeletedQueue deleted;
        if (broker.Admission.Reason is null && queue is not SharedQueue { SeenIds: not null })
        {
            deleted = queue.Host.ShelveQueue(queue.Name, ifUnused, ifEmpty, out ShelvedQueue shelved);
            undo = new DeletionUndo(queue.Host, shelved);
        }
        else
        {
            deleted = queue.Host.DeleteQueue(queue.Name, owner: null, ifUnused, ifEmpty);
        }

        index = deleted.CommitIndex;
        lock (_gate)
        {
            Job job = Add(request);
            job.EndAtOnce(deleted.MessageCount, undo);
            return job;
        }
    }

    /// <inheritdoc/>
    /// <remarks>Ends all jobs after the messages that they are at. A clean stop then waits for background work.</remarks>
    public void Dispose()
    {
        Job[] running;
        lock (_gate)
        {
            _isStopped = true;
            running = [.. _jobs.Where(job => !job.HasEnded)];
        }

        foreach (Job job in running)
        {
            job.Cancel();
        }
    }

    private Job Add(JobRequest request)
    {
        Forget();
        var job = new Job(broker, RandomNumberGenerator.GetHexString(8, lowercase: true), request);
        _jobs.Add(job);
        return job;
    }

    private void Forget()
    {
        DateTimeOffset oldest = broker.Time.GetUtcNow() - KeptTime;
        while (_jobs.Find(job => job.HasEnded && (_jobs.Count >= KeptMax || job.Status.EndedAt < oldest)) is { } first)
        {
            _jobs.Remove(first);
            first.Dispose();
        }
    }
}
