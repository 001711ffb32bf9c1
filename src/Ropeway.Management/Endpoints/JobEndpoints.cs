using System.Globalization;
using Microsoft.AspNetCore.Http;
using Ropeway.Core.Jobs;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Messages;
using Ropeway.Management.Views;
using Ropeway.Security;

namespace Ropeway.Management.Endpoints;

/// <summary>Moving, copying, deleting, re-driving and purging messages, and deleting queues so that they can come back.</summary>
internal static class JobEndpoints
{
    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes =>
    [
        new("GET", "/api/ropeway/jobs", ApiAccess.Management, List),
        new("POST", "/api/ropeway/jobs", ApiAccess.Management, StartAsync),
        new("GET", "/api/ropeway/jobs/{id}", ApiAccess.Management, request => Show(Find(request, isAct: false))),
        new("POST", "/api/ropeway/jobs/{id}/pause", ApiAccess.Management, request => Act(request, job => job.Pause())),
        new("POST", "/api/ropeway/jobs/{id}/resume", ApiAccess.Management, request => Act(request, job => job.Resume())),
        new("POST", "/api/ropeway/jobs/{id}/cancel", ApiAccess.Management, request => Act(request, job => job.Cancel())),
        new("POST", "/api/ropeway/jobs/{id}/undo", ApiAccess.Management, UndoAsync),
        new("DELETE", "/api/ropeway/queues/{vhost}/{name}/messages/{sequence}", ApiAccess.Management, DeleteMessageAsync),
        new("DELETE", "/api/ropeway/queues/{vhost}/{name}", ApiAccess.Management, DeleteQueueAsync),
    ];

    private static ApiReply List(ApiRequest request) => ApiReply.Json(
        request.Broker.Jobs.All.Where(job => request.IsMonitor || job.Request.User == request.User.Name).Select(ViewOf),
        ActJson.Default.IEnumerableJobView);

    private static async ValueTask<ApiReply> StartAsync(ApiRequest request)
    {
        JobRequest wanted = new JobReading(request, await request.ReadBodyAsync().ConfigureAwait(false)).Read();
        request.ActObject = $"{NameOf(wanted.Kind)}{(wanted.IsDryRun ? " (count only)" : string.Empty)} {wanted.Source.Host.Name} {wanted.Source.Name}";
        Job? job;
        if (wanted is { Kind: JobKind.Purge, IsDryRun: false })
        {
            job = request.Broker.Jobs.Purge(wanted, out ulong index);
            await request.CommitAsync(index).ConfigureAwait(false);
        }
        else
        {
            job = request.Broker.Jobs.TryStart(wanted.Kind == JobKind.Purge ? wanted with { Kind = JobKind.Delete } : wanted);
        }

        return job is not null
            ? Show(job, StatusCodes.Status201Created).With("location", $"/api/ropeway/jobs/{job.Id}")
            : throw new ApiException(StatusCodes.Status429TooManyRequests, "too_many_jobs", $"{JobList.RunningMax} jobs are under way, or {JobList.RunningPerUserMax} of user '{request.User.Name}'; wait until one has ended");
    }

    private static ApiReply Act(ApiRequest request, Action<Job> act)
    {
        Job job = Find(request, isAct: true);
        act(job);
        return Show(job);
    }

    private static async ValueTask<ApiReply> UndoAsync(ApiRequest request)
    {
        Job job = Find(request, isAct: true);
        request.ActObject = $"{NameOf(job.Request.Kind)} {job.Request.Source.Host.Name} {job.Request.Source.Name}";
        UndoStatus status = job.Undo(out ulong index);
        string resource = RefusalTexts.Queue(job.Request.Source.Name, job.Request.Source.Host.Name);
        switch (status)
        {
            case UndoStatus.TooLate:
                throw ApiException.Conflict(job.IsUndone ? $"job '{job.Id}' was taken back before" : $"job '{job.Id}' cannot be taken back, or not any more: {resource} has no messages of it");
            case UndoStatus.TooLong:
                throw ApiException.Conflict($"{resource} would drop messages. Raise or remove its max-length, remove its max-length-bytes, or let its overflow be reject-publish");
            case UndoStatus.NameTaken:
                throw ApiException.Conflict($"there is another {resource} by now. Delete or move it away first");
            case UndoStatus.InUse:
                throw ApiException.Conflict($"a transaction still works on the messages of {resource}. Try again in a moment");
        }

        await request.CommitAsync(index).ConfigureAwait(false);
        return Show(job);
    }

    private static async ValueTask<ApiReply> DeleteMessageAsync(ApiRequest request)
    {
        Queue queue = BrowseEndpoints.QueueOf(request, AccessOperation.Read);
        string resource = RefusalTexts.Queue(queue.Name, queue.Host.Name);
        long sequence = BrowseEndpoints.SequenceOf(request);
        if (queue.Host.GetQueue(queue.Name, owner: null) is not SharedQueue shared) // Refuses another connection's own queue.
        {
            throw ApiException.BadRequest($"{resource} is a stream: its messages go by age and size only");
        }

        (RemovalStatus status, ulong index) = await new MessageRemoval(shared).DeleteAsync(sequence, request.Aborted).ConfigureAwait(false);
        switch (status)
        {
            case RemovalStatus.Missing:
                throw ApiException.NotFound($"no message {sequence} in {resource}: it was consumed or deleted, or did not come yet");
            case RemovalStatus.Held:
                throw ApiException.Conflict($"message {sequence} of {resource} does not wait: a consumer has it, or it waits for its retry");
        }

        await request.CommitAsync(index).ConfigureAwait(false);
        return ApiReply.NoContent;
    }

    private static async ValueTask<ApiReply> DeleteQueueAsync(ApiRequest request)
    {
        Queue queue = BrowseEndpoints.QueueOf(request, AccessOperation.Configure);
        if (request.Parameter("if_count_at_most") is { } text)
        {
            JobReading.CheckCount(
                long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long countMax) ? countMax : throw ApiException.BadRequest($"'if_count_at_most' is a whole number, got '{text}'"),
                queue);
        }

        Job job = request.Broker.Jobs.DeleteQueue(
            new JobRequest(JobKind.DeleteQueue, queue, request.User.Name), request.IsSet("if_unused"), request.IsSet("if_empty"), out ulong index);
        await request.CommitAsync(index).ConfigureAwait(false);
        return ApiReply.Json(new DeletedQueueView(job.Status.DoneCount, job.UndoUntil, job.Id), ActJson.Default.DeletedQueueView);
    }

    /// <summary>A job that the user may see or act on: its own; a monitor sees all, an administrator acts on all.</summary>
    private static Job Find(ApiRequest request, bool isAct)
    {
        Job job = request.Broker.Jobs.Find(request["id"]) ?? throw ApiException.NotFound($"no job '{request["id"]}'");
        bool isAllowed = job.Request.User == request.User.Name || (isAct ? request.IsAdministrator : request.IsMonitor);
        if (!isAllowed)
        {
            throw ApiException.Forbidden($"job '{job.Id}' is that of user '{job.Request.User}': it takes the tag {(isAct ? "administrator" : "monitoring")}");
        }

        if (isAct && !request.IsAdministrator)
        {
            JobReading.RequirePermissions(request, job.Request); // They may have been taken away since.
        }

        return job;
    }

    private static ApiReply Show(Job job) => Show(job, StatusCodes.Status200OK);

    private static ApiReply Show(Job job, int status) => ApiReply.Json(ViewOf(job), ActJson.Default.JobView, status);

    private static string NameOf(JobKind kind) => kind == JobKind.DeleteQueue ? "delete-queue" : kind.ToString().ToLowerInvariant();

    private static JobView ViewOf(Job job)
    {
        JobStatus status = job.Status;
        JobRequest wanted = job.Request;
        bool hasTarget = wanted.TargetQueue is not null || wanted.TargetExchange is not null;
        return new JobView(
            job.Id,
            NameOf(wanted.Kind),
            status.State.ToString().ToLowerInvariant(),
            status.DoneCount,
            status.FailedCount,
            status.ScannedCount,
            job.Total,
            wanted.RateMax,
            wanted.IsDryRun,
            wanted.User,
            new JobSourceView(wanted.Source.Host.Name, wanted.Source.Name),
            hasTarget ? new JobTargetView(wanted.TargetQueue?.Name, wanted.TargetExchange?.Name, wanted.RoutingKey) : null,
            new JobResultView(status.Targets, status.Left),
            status.Fault,
            job.StartedAt,
            status.EndedAt,
            job.UndoUntil,
            job.IsUndone);
    }
}
