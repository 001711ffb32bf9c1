using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Core.Tracing;
using Ropeway.Management.Messages;
using Ropeway.Messages;

namespace Ropeway.Management.Tests;

/// <summary>Tracing messages: switching it on, life lines and spans.</summary>
public sealed class TracingTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    private const string TraceId = "0af7651916cd43dd8448eb211c80319c";

    [Fact]
    public async Task Tracing_SwitchedOnAndOff_SaysItsRatio()
    {
        Assert.Equal(204, await rig.StatusAsync("PUT", "/api/ropeway/tracing", """{"ratio":0.25}"""));
        Assert.Equal(0.25, (await rig.JsonAsync("GET", "/api/ropeway/tracing")).GetProperty("ratio").GetDouble());
        Assert.Equal(204, await rig.StatusAsync("PUT", "/api/ropeway/tracing", """{"ratio":0}"""));
        Assert.Equal(0, (await rig.JsonAsync("GET", "/api/ropeway/tracing")).GetProperty("ratio").GetDouble());
    }

    [Fact]
    public async Task Tracing_WrongRatioOrUser_IsRefused()
    {
        Assert.Equal(
            (400, "bad_request", "'ratio' must be a number from 0 (off) to 1 (all messages), got 1.5"),
            await rig.RefusalAsync("PUT", "/api/ropeway/tracing", """{"ratio":1.5}"""));
        rig.AddUser("watcher", "monitoring");
        Assert.Equal(401, await rig.StatusAsync("PUT", "/api/ropeway/tracing", """{"ratio":1}""", "watcher:watcher"));
    }

    [Fact]
    public async Task Trace_OfADeadMessage_SaysWhyAndWhereItWent()
    {
        await TraceAllAsync();
        await rig.StatusAsync("PUT", "/api/queues/%2F/short-lived", """{"arguments":{"x-max-length":1,"x-dead-letter-exchange":"amq.fanout"}}""");
        await PublishAsync("short-lived", "dead-1");
        await PublishAsync("short-lived", "dead-2");

        JsonElement[] steps = [.. (await StaysAsync("id=dead-1", "short-lived: dead dropped"))[0].GetProperty("steps").EnumerateArray()];

        Assert.Equal("the queue was over its length; goes to the dead-letter exchange 'amq.fanout'", steps[0].GetProperty("detail").GetString());
        Assert.StartsWith("no queue has taken it", steps[1].GetProperty("detail").GetString(), StringComparison.Ordinal);
        Assert.Equal("waiting", Assert.Single(await StepsAsync("queue=short-lived&sequence=1")).GetProperty("what").GetString());
    }

    [Fact]
    public async Task Trace_OfADeadLetter_GoesOnInTheQueueThatTookIt()
    {
        await TraceAllAsync();
        await rig.StatusAsync("PUT", "/api/queues/%2F/dead-of-orders", "{}");
        await rig.StatusAsync("PUT", "/api/queues/%2F/orders", """{"arguments":{"x-max-length":1,"x-dead-letter-exchange":"","x-dead-letter-routing-key":"dead-of-orders"}}""");
        await PublishAsync("orders", "order-1");
        await PublishAsync("orders", "order-2");

        JsonElement[] stays = await StaysAsync("id=order-1", "orders: dead, dead-of-orders: waiting");

        Assert.Equal(JsonValueKind.Null, stays[0].GetProperty("from").ValueKind);
        Assert.Equal("""{"what":"dead","queue":"orders","sequence":0}""", stays[1].GetProperty("from").GetRawText());
        JsonElement found = (await rig.JsonAsync("GET", "/api/ropeway/messages/trace?queue=dead-of-orders&sequence=0"))[0];
        Assert.Equal(("order-1", 0), (found.GetProperty("message_id").GetString(), found.GetProperty("left_out").GetInt32()));

        rig.AddUser("undertaker", "management", read: "^dead");
        JsonElement some = (await rig.JsonAsync("GET", "/api/ropeway/messages/trace?id=order-1", login: "undertaker:undertaker"))[0];
        Assert.Equal("""{"what":"dead","queue":null,"sequence":null}""", Assert.Single(some.GetProperty("queues").EnumerateArray()).GetProperty("from").GetRawText());
    }

    [Fact]
    public async Task Trace_OfADeadLetterThatNobodyTakesYet_SaysThatItWaits()
    {
        await TraceAllAsync();
        await rig.StatusAsync(
            "PUT",
            "/api/queues/%2F/patient",
            """{"durable":true,"arguments":{"x-queue-type":"quorum","x-overflow":"reject-publish","x-dead-letter-strategy":"at-least-once","x-dead-letter-exchange":"not-yet"}}""");
        await PublishAsync("patient", "patient-1");
        await rig.JsonAsync("POST", "/api/queues/%2F/patient/get", """{"count":1,"ackmode":"reject_requeue_false","encoding":"auto"}""");

        await StaysAsync("id=patient-1", "patient: delivered refused dead waiting");
    }

    [Fact]
    public async Task Trace_OfADelayedMessage_SaysThatItWaitsAndThenWhereItCame()
    {
        await TraceAllAsync();
        await rig.StatusAsync("PUT", "/api/queues/%2F/patience", "{}");
        await PublishAsync("patience", "delayed-1", headers: """{"x-opt-delivery-time":4102444800000}""");

        JsonElement waiting = (await rig.JsonAsync("GET", "/api/ropeway/messages/trace?id=delayed-1"))[0];
        Assert.Equal("it waits for its time", waiting.GetProperty("routed").GetProperty("note").GetString());

        JsonElement delayed = (await rig.JsonAsync("GET", "/api/ropeway/delayed?vhost=%2F")).GetProperty("messages")[0];
        await rig.StatusAsync("POST", $"/api/ropeway/delayed/%2F/{delayed.GetProperty("sequence").GetInt64()}/send-now");
        JsonElement stay = Assert.Single(await StaysAsync("id=delayed-1", "patience: waiting"));
        Assert.Equal("""{"what":"delayed","queue":null,"sequence":null}""", stay.GetProperty("from").GetRawText());
    }

    [Fact]
    public async Task Trace_OfAMovedMessage_GoesOnInItsNewQueue()
    {
        await TraceAllAsync();
        await rig.StatusAsync("PUT", "/api/queues/%2F/old-place", "{}");
        await rig.StatusAsync("PUT", "/api/queues/%2F/new-place", "{}");
        await PublishAsync("old-place", "moved-1");

        await rig.JsonAsync("POST", "/api/ropeway/jobs", """{"kind":"move","source":{"vhost":"/","queue":"old-place"},"target":{"queue":"new-place"}}""");

        JsonElement[] stays = await StaysAsync("id=moved-1", "old-place: moved, new-place: waiting");
        Assert.Equal("""{"what":"moved","queue":"old-place","sequence":0}""", stays[1].GetProperty("from").GetRawText());
    }

    [Fact]
    public async Task Trace_OfAPurgedMessage_SaysThatItsEndIsNotKnown()
    {
        await TraceAllAsync();
        await rig.StatusAsync("PUT", "/api/queues/%2F/purged", "{}");
        await PublishAsync("purged", "purged-1");
        await rig.StatusAsync("DELETE", "/api/queues/%2F/purged/contents");

        Assert.Equal(
            ("unknown", "it is there no more, and how it left is not recorded: purged, or deleted by an operator"), LastOf(await StepsAsync("id=purged-1")));

        await rig.StatusAsync("DELETE", "/api/queues/%2F/purged");
        Assert.Equal(("unknown", "the queue was deleted"), LastOf(await StepsAsync("id=purged-1")));
    }

    [Fact]
    public async Task Trace_OfAMessageInTwoQueues_ShowsAUserThoseThatItMayRead()
    {
        await TraceAllAsync();
        foreach (string queue in (string[])["open-a", "secret-b"])
        {
            await rig.StatusAsync("PUT", $"/api/queues/%2F/{queue}", "{}");
            await rig.StatusAsync("POST", $"/api/bindings/%2F/e/amq.direct/q/{queue}", """{"routing_key":"both"}""");
        }

        await PublishAsync("both", "both-1", "amq.direct");
        rig.AddUser("half", "management", read: "^open");

        JsonElement all = await rig.JsonAsync("GET", "/api/ropeway/messages/trace?id=both-1");
        JsonElement some = await rig.JsonAsync("GET", "/api/ropeway/messages/trace?id=both-1", login: "half:half");

        Assert.Equal(2, all[0].GetProperty("queues").GetArrayLength());
        Assert.Equal("open-a", Assert.Single(some[0].GetProperty("queues").EnumerateArray()).GetProperty("queue").GetString());
    }

    [Fact]
    public async Task Trace_OfWhatWasNotTraced_SaysWhyNothingIsKnown()
    {
        await rig.StatusAsync("PUT", "/api/ropeway/tracing", """{"ratio":0}""");
        await rig.StatusAsync("PUT", "/api/queues/%2F/untraced", "{}");
        await PublishAsync("untraced", "untraced-1");

        (int status, string _, string reason) = await rig.RefusalAsync("GET", "/api/ropeway/messages/trace?id=untraced-1");

        Assert.Equal(404, status);
        Assert.StartsWith("the message is not remembered: it was not traced", reason, StringComparison.Ordinal);
        Assert.Equal(400, await rig.StatusAsync("GET", "/api/ropeway/messages/trace?queue=untraced"));
    }

    [Fact]
    public async Task Ratio_OfAQuarter_TracesEachFourthMessage()
    {
        await rig.StatusAsync("PUT", "/api/ropeway/tracing", """{"ratio":0.25}""");
        await rig.StatusAsync("PUT", "/api/queues/%2F/quarter", "{}");
        for (int i = 0; i < 16; i++)
        {
            await PublishAsync("quarter", "quarter");
        }

        Assert.Equal(4, (await rig.JsonAsync("GET", "/api/ropeway/messages/trace?id=quarter")).GetArrayLength());
    }

    [Fact]
    public async Task LifeLines_MoreThanAreKept_ReplaceTheOldest()
    {
        await TraceAllAsync();
        await rig.StatusAsync("PUT", "/api/queues/%2F/many", "{}");
        await PublishAsync("many", "first");
        Assert.Equal(200, await rig.StatusAsync("GET", "/api/ropeway/messages/trace?id=first"));

        PublishEmpty("many", MessageTracing.LineCountMax);

        Assert.Equal(404, await rig.StatusAsync("GET", "/api/ropeway/messages/trace?id=first"));
        Assert.Equal(200, await rig.StatusAsync("GET", "/api/ropeway/messages/trace?queue=many&sequence=1"));
    }

    [Fact]
    public async Task Spans_OfAMessage_AreOfItsPublishersTraceWithTheConventionsNames()
    {
        using var ended = new BlockingCollection<Activity>();
        using ActivityListener listener = Listen(ended);
        await TraceAllAsync();
        await rig.StatusAsync("PUT", "/api/queues/%2F/spanned", "{}");
        await PublishAsync("spanned", "spanned-1", headers: $$"""{"traceparent":"00-{{TraceId}}-b7ad6b7169203331-01"}""");
        await rig.JsonAsync("POST", "/api/queues/%2F/spanned/get", """{"count":1,"ackmode":"ack_requeue_false","encoding":"auto"}""");

        Dictionary<string, Activity> spans = Take(ended, "spanned-1", count: 3);
        Assert.Equal(["deliver spanned", "publish", "wait spanned"], spans.Keys.Order(StringComparer.Ordinal));
        Activity publish = spans["publish"];
        Assert.Equal(TraceId, publish.TraceId.ToHexString());
        Assert.Equal("b7ad6b7169203331", publish.ParentSpanId.ToHexString());
        Assert.Equal(("ropeway", "send"), (publish.GetTagItem("messaging.system"), publish.GetTagItem("messaging.operation.type")));
        Activity deliver = spans["deliver spanned"];
        Assert.Equal((publish.SpanId, publish.TraceId), (deliver.ParentSpanId, deliver.TraceId));
        Assert.Equal(("spanned", "settle", "settled"), (deliver.GetTagItem("messaging.destination.name"), deliver.GetTagItem("messaging.operation.type"), deliver.GetTagItem("ropeway.outcome")));
    }

    [Fact]
    public async Task Spans_OfADeadLetter_AreOfTheSameTrace()
    {
        using var ended = new BlockingCollection<Activity>();
        using ActivityListener listener = Listen(ended);
        await TraceAllAsync();
        await rig.StatusAsync("PUT", "/api/queues/%2F/after-death", "{}");
        await rig.StatusAsync("PUT", "/api/queues/%2F/mortal", """{"arguments":{"x-max-length":1,"x-dead-letter-exchange":"","x-dead-letter-routing-key":"after-death"}}""");
        await PublishAsync("mortal", "mortal-1");
        await PublishAsync("mortal", "mortal-2");
        await StaysAsync("id=mortal-1", "mortal: dead, after-death: waiting");
        await rig.JsonAsync("POST", "/api/queues/%2F/after-death/get", """{"count":1,"ackmode":"ack_requeue_false","encoding":"auto"}""");

        Dictionary<string, Activity> spans = Take(ended, "mortal-1", count: 4);

        Assert.Equal(["deliver after-death", "publish", "wait after-death", "wait mortal"], spans.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("dead", spans["wait mortal"].GetTagItem("ropeway.outcome"));
        Assert.All(spans.Values.Where(span => span.OperationName != "publish"), span => Assert.Equal(spans["publish"].SpanId, span.ParentSpanId));
    }

    private static ActivityListener Listen(BlockingCollection<Activity> ended)
    {
        var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == MessageTracing.SourceName,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = ended.Add,
        };
        ActivitySource.AddActivityListener(listener);
        return listener;
    }

    /// <summary>The spans of a message by their names, once there are so many.</summary>
    private static Dictionary<string, Activity> Take(BlockingCollection<Activity> ended, string id, int count)
    {
        var spans = new Dictionary<string, Activity>(StringComparer.Ordinal);
        while (spans.Count < count && ended.TryTake(out Activity? one, Deadline.Value))
        {
            if ((string?)one.GetTagItem("messaging.message.id") == id)
            {
                spans.Add(one.OperationName, one);
            }
        }

        return spans;
    }

    private static (string? What, string? Detail) LastOf(JsonElement[] steps) => (steps[^1].GetProperty("what").GetString(), steps[^1].GetProperty("detail").GetString());

    private Task<int> TraceAllAsync() => rig.StatusAsync("PUT", "/api/ropeway/tracing", """{"ratio":1}""");

    private async Task<JsonElement[]> StepsAsync(string query)
    {
        JsonElement found = await rig.JsonAsync("GET", "/api/ropeway/messages/trace?vhost=%2F&" + query);
        return [.. Assert.Single(found[0].GetProperty("queues").EnumerateArray()).GetProperty("steps").EnumerateArray()];
    }

    /// <summary>The stays of one message in queues, once their steps are as expected: "orders: dead, other: waiting".</summary>
    private async Task<JsonElement[]> StaysAsync(string query, string expected)
    {
        var since = Stopwatch.StartNew();
        JsonElement[] stays;
        string said;
        do
        {
            JsonElement found = await rig.JsonAsync("GET", "/api/ropeway/messages/trace?vhost=%2F&" + query);
            stays = [.. found[0].GetProperty("queues").EnumerateArray()];
            said = string.Join(", ", stays.Select(stay =>
                $"{stay.GetProperty("queue").GetString()}: {string.Join(' ', stay.GetProperty("steps").EnumerateArray().Select(step => step.GetProperty("what").GetString()))}"));
        }
        while (said != expected && since.Elapsed < Deadline.Value);

        Assert.Equal(expected, said);
        return stays;
    }

    /// <summary>Publishes as a protocol does, in one batch.</summary>
    private void PublishEmpty(string name, int count)
    {
        Assert.True(rig.Broker.VirtualHosts.TryGet("/", out VirtualHost? host));
        Assert.True(host.TryGetQueue(name, out Queue? queue));
        var batch = new PublishBatch();
        for (int i = 0; i < count; i++)
        {
            batch[batch.Add()].Head = new MessageHead(MessageOrigin.Amqp091, MessageFlags.None, Priority: 0, TimestampMs: 0, ExpiresAtMs: 0);
            batch.Route(i, queue);
        }

        DispatchBatch dispatch = DispatchBatch.Begin();
        rig.Broker.Tracing.Publish(batch, [], dispatch, new HttpSender("/", "a test"), rig.Broker.Durability);
        dispatch.Flush();
    }

    private Task<JsonElement> PublishAsync(string key, string id, string exchange = "amq.default", string headers = "{}") => rig.JsonAsync(
        "POST",
        $"/api/exchanges/%2F/{exchange}/publish",
        $$"""{"properties":{"message_id":"{{id}}","headers":{{headers}}},"routing_key":"{{key}}","payload":"a","payload_encoding":"string"}""");
}
