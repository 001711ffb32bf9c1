using Ropeway.Management.Views;

namespace Ropeway.Management.OpenApi;

/// <summary>What is said of the endpoints that RabbitMQ's management API lacks. Immutable; any thread.</summary>
internal static class OwnOperations
{
    /// <summary>By method and path.</summary>
    public static IReadOnlyDictionary<string, Operation> All { get; } = new Dictionary<string, Operation>(StringComparer.Ordinal)
    {
        ["GET /api/openapi.json"] = new("This description.") { AnswerType = "application/json" },
        ["GET /api/backup"] = new("A backup of everything durable: a tar archive that ends with MANIFEST.") { AnswerType = "application/x-tar" },
        ["GET /api/health/checks/storage"] = new("Whether files are whole.") { Answer = ViewJson.Default.StorageView, Statuses = [200, 503] },
        ["POST /api/queues/{vhost}/{name}/rewind"] = new("Makes acknowledged messages ready again.") { Answer = ViewJson.Default.RewoundView, Body = ["from_sequence:integer", "since:any"] },
        ["GET /api/ropeway/samples/overview"] = new("Samples of the node, for charts.") { Answer = ViewJson.Default.SeriesView, Query = ["range"] },
        ["GET /api/ropeway/samples/queues"] = new("Samples of a queue, for charts.") { Answer = ViewJson.Default.SeriesView, Query = ["vhost", "name", "range"] },
        ["GET /api/ropeway/samples/queues/{vhost}/{name}"] = new("The same.") { Answer = ViewJson.Default.SeriesView, Query = ["range"] },
        ["POST /api/ropeway/routing/explain"] = new("Which queues would get a message, and why.")
        {
            Answer = ActJson.Default.RouteExplanationView, Body = ["vhost!", "exchange!", "routing_key", "headers:object", "properties:object", "user"],
        },
        ["POST /api/ropeway/definitions/diff"] = new("What an import would change; changes nothing.") { Answer = ActJson.Default.DefinitionDiffView, Body = RabbitOperations.Definitions, Query = ["vhost", "prune"] },
        ["POST /api/ropeway/definitions"] = new("Imports definitions if a diff still holds; 409 with the new diff when not.")
        {
            Answer = ActJson.Default.DefinitionDiffView, Body = RabbitOperations.Definitions, Query = ["if_state", "vhost", "prune"],
        },
        ["GET /api/ropeway/definitions/imports"] = new("Imports that can be taken back, the latest first.") { Answer = ActJson.Default.IEnumerableImportView },
        ["POST /api/ropeway/definitions/imports/{id}/undo"] = new("Takes an import back, within 24 hours; 409 when that was done before.") { Answer = ActJson.Default.UndoneImportView },
        ["GET /api/ropeway/queues/{vhost}/{name}/messages"] = new("Looks at messages without taking them.")
        {
            Answer = ActJson.Default.BrowsedPageView, Query = ["set", "from", "direction", "limit", "filter", "budget_bytes"],
        },
        ["GET /api/ropeway/queues/{vhost}/{name}/messages/{sequence}"] = new("Looks at one message.") { Answer = ActJson.Default.MessageContentView },
        ["GET /api/ropeway/queues/{vhost}/{name}/messages/{sequence}/body"] = new("A message's body as it came.") { AnswerType = "application/octet-stream" },
        ["DELETE /api/ropeway/queues/{vhost}/{name}/messages/{sequence}"] = new("Deletes a waiting message; 409 when a consumer has it."),
        ["DELETE /api/ropeway/queues/{vhost}/{name}"] = new("Deletes a queue so that it can be taken back for ten minutes.")
        {
            Answer = ActJson.Default.DeletedQueueView, Query = ["if_count_at_most", "if_empty", "if_unused"],
        },
        ["GET /api/ropeway/queues/{vhost}/{name}/readers"] = new("Who reads a stream, and how far behind.") { Answer = ActJson.Default.StreamReadersView },
        ["POST /api/ropeway/queues/{vhost}/{name}/pause"] = new("Pauses a queue.") { Body = ["reason"] },
        ["POST /api/ropeway/queues/{vhost}/{name}/resume"] = new("Lets a paused queue go on."),
        ["GET /api/ropeway/jobs"] = new("Jobs of the last 24 hours, the newest first.") { Answer = ActJson.Default.IEnumerableJobView },
        ["POST /api/ropeway/jobs"] = new("Begins to move, copy, delete, redrive or purge messages.")
        {
            Answer = ActJson.Default.JobView, Statuses = [200, 201],
            Body = ["kind!", "source!:object", "target:object", "filter", "sequences:array", "rate:integer", "dry_run:boolean", "if_count_at_most:integer"],
        },
        ["GET /api/ropeway/jobs/{id}"] = new("One job.") { Answer = ActJson.Default.JobView },
        ["POST /api/ropeway/jobs/{id}/pause"] = new("Pauses a job.") { Answer = ActJson.Default.JobView },
        ["POST /api/ropeway/jobs/{id}/resume"] = new("Lets a paused job go on.") { Answer = ActJson.Default.JobView },
        ["POST /api/ropeway/jobs/{id}/cancel"] = new("Ends a job; what it has done stays.") { Answer = ActJson.Default.JobView },
        ["POST /api/ropeway/jobs/{id}/undo"] = new("Takes a purge, or the deletion of a queue, back.") { Answer = ActJson.Default.JobView },
        ["GET /api/ropeway/delayed"] = new("Messages that wait for their time.") { Answer = ActJson.Default.DelayedPageView, Query = ["vhost", "limit", "after", "q"] },
        ["DELETE /api/ropeway/delayed/{vhost}/{sequence}"] = new("Cancels a delayed message."),
        ["POST /api/ropeway/delayed/{vhost}/{sequence}/send-now"] = new("Sends a delayed message at once."),
        ["GET /api/ropeway/tracing"] = new("How many messages are traced.") { Answer = ActJson.Default.TracingView },
        ["PUT /api/ropeway/tracing"] = new("Sets the share of the messages that are traced.") { Body = ["ratio!:number"], Statuses = [204] },
        ["GET /api/ropeway/messages/trace"] = new("The life line of a traced message.") { Answer = ActJson.Default.IEnumerableTracedMessageView, Query = ["vhost", "id", "queue", "sequence"] },
        ["POST /api/ropeway/session"] = new("Signs in; the answer sets a cookie.") { Body = ["username!", "password!"] },
        ["GET /api/ropeway/session"] = new("Who is signed in, and until when.") { Answer = ViewJson.Default.SessionView },
        ["DELETE /api/ropeway/session"] = new("Signs out."),
        ["GET /api/ropeway/events"] = new("Server-sent events: what is followed, and each change of it.") { AnswerType = "text/event-stream", Query = ["topics"] },
        ["POST /api/ropeway/events/{stream}"] = new("What a stream follows from now on.") { Body = ["topics:array", "rows:array"] },
        ["GET /api/ropeway/queues"] = new("A part of the list of queues with rates, states and reasons.")
        {
            Answer = LiveJson.Default.QueueListView, Query = ["vhost", "q", "state", "type", "sort", "limit", "after"],
        },
        ["GET /api/ropeway/overview"] = new("What the overview of the web page shows.") { Answer = LiveJson.Default.LiveOverviewView },
        ["GET /api/ropeway/findings"] = new("What needs a look, and why.") { Answer = ViewJson.Default.IEnumerableFindingView, Query = ["snoozed"] },
        ["POST /api/ropeway/findings/snooze"] = new("Hides a finding for a time.") { Body = ["id!", "vhost", "name!", "for_s!:integer", "reason"] },
        ["DELETE /api/ropeway/findings/snooze"] = new("Shows a finding again.") { Query = ["id", "vhost", "name"] },
        ["GET /api/ropeway/log"] = new("The newest lines of the log.") { Answer = ViewJson.Default.IEnumerableLogLineView, Query = ["level", "q", "limit"] },
        ["GET /api/ropeway/log/events"] = new("Server-sent events: lines of the log as they come.") { AnswerType = "text/event-stream", Query = ["level", "q"] },
        ["GET /api/ropeway/audit"] = new("Who did what over HTTP, the newest first.") { Answer = ViewJson.Default.IEnumerableAuditView, Query = ["limit"] },
    };
}
