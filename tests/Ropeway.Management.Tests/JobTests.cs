using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Ropeway.Core.Jobs;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Messages;
using Ropeway.Security;

namespace Ropeway.Management.Tests;

/// <summary>Jobs over HTTP.</summary>
public sealed class JobTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    [Fact]
    public async Task Move_Messages_TellsHowManyWentWhere()
    {
        await FillAsync("from", "a", "b", "c");
        await FillAsync("to");

        JsonElement job = await RunAsync("""{"kind":"move","source":{"vhost":"/","queue":"from"},"target":{"queue":"to"},"filter":"-b"}""");

        Assert.Equal(("move", "done", 2, 0), (job.GetProperty("kind").GetString(), job.GetProperty("state").GetString(), job.GetProperty("done").GetInt32(), job.GetProperty("failed").GetInt32()));
        Assert.Equal("""{"targets":{"to":2},"left":{}}""", job.GetProperty("result").GetRawText());
        Assert.Equal("""{"queue":"to","exchange":null,"routing_key":null}""", job.GetProperty("target").GetRawText());
        Assert.Equal((1, 2), (await CountAsync("from"), await CountAsync("to")));
        Assert.Contains(job.GetProperty("id").GetString(), (await rig.JsonAsync("GET", "/api/ropeway/jobs")).EnumerateArray().Select(entry => entry.GetProperty("id").GetString()));
    }

    [Theory]
    [InlineData("copy", "elsewhere", 400)]
    [InlineData("move", "elsewhere", 400)]
    [InlineData("copy", "/", 201)]
    public async Task Start_WithATargetInAVirtualHost_TakesOnlyThatOfTheSource(string kind, string host, int expected)
    {
        await FillAsync("host-from");
        await FillAsync("host-to");

        Assert.Equal(expected, await rig.StatusAsync("POST", "/api/ropeway/jobs", $$$"""{"kind":"{{{kind}}}","source":{"vhost":"/","queue":"host-from"},"target":{"vhost":"{{{host}}}","queue":"host-to"}}"""));
    }

    [Fact]
    public async Task Purge_TakenBack_BringsTheMessagesBack()
    {
        await FillAsync("purged", "a", "b");

        JsonElement job = await RunAsync("""{"kind":"purge","source":{"vhost":"/","queue":"purged"},"if_count_at_most":2}""");
        Assert.Equal((2, 0), (job.GetProperty("done").GetInt32(), await CountAsync("purged")));
        Assert.NotEqual(JsonValueKind.Null, job.GetProperty("undo_until").ValueKind);
        string path = $"/api/ropeway/jobs/{job.GetProperty("id").GetString()}/undo";

        Assert.True((await rig.JsonAsync("POST", path)).GetProperty("undone").GetBoolean());
        Assert.Equal(2, await CountAsync("purged"));
        (int status, _, string reason) = await rig.RefusalAsync("POST", path);
        Assert.Equal(409, status);
        Assert.EndsWith("was taken back before", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_MoreMessagesThanSeen_IsRefused()
    {
        await FillAsync("grown", "a", "b", "c");

        Assert.Equal(
            (409, "conflict", "queue 'grown' in vhost '/' has 3 messages, at most 2 were expected"),
            await rig.RefusalAsync("POST", "/api/ropeway/jobs", """{"kind":"purge","source":{"vhost":"/","queue":"grown"},"if_count_at_most":2}"""));
        Assert.Equal(409, await rig.StatusAsync("DELETE", "/api/ropeway/queues/%2F/grown?if_count_at_most=2"));
        JsonElement deleted = await rig.JsonAsync("DELETE", "/api/ropeway/queues/%2F/grown?if_count_at_most=3");
        Assert.Equal(3, deleted.GetProperty("messages").GetInt32());
        Assert.Equal(404, await rig.StatusAsync("GET", "/api/queues/%2F/grown"));
    }

    [Fact]
    public async Task DeleteQueue_TakenBack_IsThereAgain()
    {
        await FillAsync("lost", "a", "b");
        Assert.Equal(201, await rig.StatusAsync("POST", "/api/bindings/%2F/e/amq.topic/q/lost", """{"routing_key":"lost.#"}"""));

        JsonElement deleted = await rig.JsonAsync("DELETE", "/api/ropeway/queues/%2F/lost");
        string path = $"/api/ropeway/jobs/{deleted.GetProperty("job").GetString()}";
        JsonElement job = await rig.JsonAsync("GET", path);
        Assert.Equal(("delete-queue", 2), (job.GetProperty("kind").GetString(), job.GetProperty("done").GetInt32()));
        Assert.Equal(deleted.GetProperty("undo_until").GetString(), job.GetProperty("undo_until").GetString());

        await rig.StatusAsync("PUT", "/api/queues/%2F/lost", "{}");
        Assert.Equal((409, "conflict", "there is another queue 'lost' in vhost '/' by now. Delete or move it away first"), await rig.RefusalAsync("POST", $"{path}/undo"));
        await rig.StatusAsync("DELETE", "/api/queues/%2F/lost");
        Assert.True((await rig.JsonAsync("POST", $"{path}/undo")).GetProperty("undone").GetBoolean());

        Assert.Equal(2, await CountAsync("lost"));
        Assert.Equal(["", "amq.topic"], (await rig.JsonAsync("GET", "/api/queues/%2F/lost/bindings")).EnumerateArray().Select(binding => binding.GetProperty("source").GetString()));
        Assert.Equal(409, await rig.StatusAsync("POST", $"{path}/undo"));
    }

    [Fact]
    public async Task DeleteQueue_WithConditions_IsRefusedWhenTheyDoNotHold()
    {
        await FillAsync("full", "a");

        Assert.Equal(400, await rig.StatusAsync("DELETE", "/api/ropeway/queues/%2F/full?if_empty=true"));
        Assert.Equal(1, await CountAsync("full"));
        Assert.Equal(200, await rig.StatusAsync("DELETE", "/api/ropeway/queues/%2F/full?if_unused=true"));
    }

    [Fact]
    public async Task DeleteMessage_Waiting_IsGone()
    {
        await FillAsync("single", "a", "b", "c");

        Assert.Equal(204, await rig.StatusAsync("DELETE", "/api/ropeway/queues/%2F/single/messages/1"));
        Assert.Equal(404, await rig.StatusAsync("DELETE", "/api/ropeway/queues/%2F/single/messages/1"));
        JsonElement page = await rig.JsonAsync("GET", "/api/ropeway/queues/%2F/single/messages");
        Assert.Equal([0, 2], page.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("sequence").GetInt32()));
    }

    [Theory]
    [InlineData("""{"kind":"shovel","source":{"vhost":"/","queue":"q"}}""", 400, "'kind' is move, copy, delete, redrive or purge, got 'shovel'")]
    [InlineData("""{"kind":"delete"}""", 400, "'source' must be an object")]
    [InlineData("""{"kind":"delete","source":{"vhost":"/","queue":"none"}}""", 404, "no queue 'none' in vhost '/'")]
    [InlineData("""{"kind":"move","source":{"vhost":"/","queue":"q"}}""", 400, "'target' must be an object")]
    [InlineData("""{"kind":"move","source":{"vhost":"/","queue":"q"},"target":{}}""", 400, "'target' has either 'queue' or 'exchange'")]
    [InlineData("""{"kind":"move","source":{"vhost":"/","queue":"q"},"target":{"exchange":"none"}}""", 404, "no exchange 'none' in vhost '/'")]
    [InlineData("""{"kind":"purge","source":{"vhost":"/","queue":"q"},"filter":"a"}""", 400, "a purge takes all messages: to take some, 'kind' is delete")]
    [InlineData("""{"kind":"delete","source":{"vhost":"/","queue":"q"},"filter":"a nme:b"}""", 400, "filter, column 3: there is no 'nme:'")]
    [InlineData("""{"kind":"delete","source":{"vhost":"/","queue":"q"},"rate":0}""", 400, "'rate' is a whole number from 1 to 1000000")]
    [InlineData("""{"kind":"delete","source":{"vhost":"/","queue":"q"},"sequences":[1,-1]}""", 400, "'sequences' holds whole numbers that are not negative")]
    [InlineData("""{"kind":"delete","source":{"vhost":"/","queue":"s"}}""", 400, "queue 's' in vhost '/' is a stream: its messages can only be copied")]
    public async Task Start_RequestIsWrong_IsRefused(string body, int status, string reason)
    {
        await rig.StatusAsync("PUT", "/api/queues/%2F/q", "{}");
        await rig.StatusAsync("PUT", "/api/queues/%2F/s", """{"durable":true,"arguments":{"x-queue-type":"stream"}}""");

        (int got, _, string text) = await rig.RefusalAsync("POST", "/api/ropeway/jobs", body);

        Assert.Equal(status, got);
        Assert.StartsWith(reason, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_PermissionIsMissing_IsNamed()
    {
        await FillAsync("theirs", "a");
        rig.AddUser("mover", "management", configure: "^mine", write: "^mine", read: "^theirs$");

        Assert.Equal(
            (403, "access_refused", "user 'mover' lacks the permission write on exchange 'amq.default' in vhost '/'"),
            await rig.RefusalAsync("POST", "/api/ropeway/jobs", """{"kind":"redrive","source":{"vhost":"/","queue":"theirs"}}""", "mover:mover"));
        Assert.Equal(
            (403, "access_refused", "user 'mover' lacks the permission read on queue 'other' in vhost '/'"),
            await rig.RefusalAsync("POST", "/api/ropeway/jobs", """{"kind":"delete","source":{"vhost":"/","queue":"other"}}""", "mover:mover"));
        Assert.Equal(
            (403, "access_refused", "user 'mover' lacks the permission configure on queue 'theirs' in vhost '/'"),
            await rig.RefusalAsync("DELETE", "/api/ropeway/queues/%2F/theirs", body: (string?)null, "mover:mover"));
        JsonElement job = await RunAsync("""{"kind":"delete","source":{"vhost":"/","queue":"theirs"},"dry_run":true}""");
        string path = $"/api/ropeway/jobs/{job.GetProperty("id").GetString()}";
        Assert.Equal(403, await rig.StatusAsync("GET", path, login: "mover:mover"));
        Assert.Equal(1, await CountAsync("theirs"));
        Assert.Equal(404, await rig.StatusAsync("GET", "/api/ropeway/jobs/none"));
    }

    [Fact]
    public async Task Act_AfterItsUserLostWhatTheJobNeeds_IsRefused()
    {
        await FillAsync("former-q", "a", "b");
        rig.AddUser("former", "management");
        string purge = await StartAsync("""{"kind":"purge","source":{"vhost":"/","queue":"former-q"}}""", "former:former");
        await FillAsync("former-q", "c");
        string move = await StartAsync("""{"kind":"move","source":{"vhost":"/","queue":"former-q"},"target":{"exchange":"amq.topic"}}""", "former:former");

        rig.AddUser("former", "management", write: "^mine", read: "^former");
        Assert.Equal(
            (403, "access_refused", "user 'former' lacks the permission write on exchange 'amq.topic' in vhost '/'"),
            await rig.RefusalAsync("POST", $"/api/ropeway/jobs/{move}/resume", body: (string?)null, "former:former"));
        rig.AddUser("former", "management", read: "^mine");
        Assert.Equal(
            (403, "access_refused", "user 'former' lacks the permission read on queue 'former-q' in vhost '/'"),
            await rig.RefusalAsync("POST", $"/api/ropeway/jobs/{purge}/undo", body: (string?)null, "former:former"));
        rig.Broker.Permissions.Clear("former", "/");
        Assert.Equal(
            (403, "access_refused", "user 'former' has no permissions in vhost '/'"),
            await rig.RefusalAsync("POST", $"/api/ropeway/jobs/{purge}/undo", body: (string?)null, "former:former"));

        Assert.True((await rig.JsonAsync("POST", $"/api/ropeway/jobs/{purge}/undo")).GetProperty("undone").GetBoolean());
    }

    [Theory]
    [InlineData(true, "user 'leaver' does not exist any more")]
    [InlineData(false, "user 'leaver' lacks the permission write on exchange 'amq.default' in vhost '/'")]
    public async Task Job_WhoseUserMayDoItNoMore_EndsBeforeItsNextMessages(bool isDeleted, string error)
    {
        string[] payloads = [.. Enumerable.Range(0, 20).Select(i => $"{i}")];
        await FillAsync("left", payloads);
        await FillAsync("leaving", []);
        rig.AddUser("leaver", "management");
        string path = $"/api/ropeway/jobs/{await StartAsync("{\"kind\":\"move\",\"rate\":1,\"source\":{\"vhost\":\"/\",\"queue\":\"left\"},\"target\":{\"queue\":\"leaving\"}}", "leaver:leaver")}";
        await rig.JsonAsync("POST", $"{path}/pause");
        if (isDeleted)
        {
            Assert.Equal(204, await rig.StatusAsync("DELETE", "/api/users/leaver"));
        }
        else
        {
            rig.AddUser("leaver", "management", write: "^none$");
        }

        JsonElement job = await EndAsync(await rig.JsonAsync("POST", $"{path}/resume"));

        Assert.Equal(("failed", error), (job.GetProperty("state").GetString(), job.GetProperty("error").GetString()));
        Assert.Equal(payloads.Length, await CountAsync("left") + await CountAsync("leaving"));
        Assert.True(await CountAsync("left") > 0);
        await rig.StatusAsync("DELETE", "/api/queues/%2F/left");
        await rig.StatusAsync("DELETE", "/api/queues/%2F/leaving");
    }

    [Fact]
    public async Task DeletionOfAQueue_IsTakenBackByWhoMayConfigureIt()
    {
        await FillAsync("owned", "a");
        rig.AddUser("owner", "management", write: "^$", read: "^$");
        string job = (await rig.JsonAsync("DELETE", "/api/ropeway/queues/%2F/owned", login: "owner:owner")).GetProperty("job").GetString()!;

        rig.AddUser("owner", "management", configure: "^other");
        Assert.Equal(
            (403, "access_refused", "user 'owner' lacks the permission configure on queue 'owned' in vhost '/'"),
            await rig.RefusalAsync("POST", $"/api/ropeway/jobs/{job}/undo", body: (string?)null, "owner:owner"));
        rig.AddUser("owner", "management", write: "^$", read: "^$");
        Assert.True((await rig.JsonAsync("POST", $"/api/ropeway/jobs/{job}/undo", login: "owner:owner")).GetProperty("undone").GetBoolean());
        Assert.Equal(1, await CountAsync("owned"));
    }

    [Fact]
    public void WhatIsToBeDone_KeepsNothingOfTheRequestThatSaidSo()
    {
        (JobRequest wanted, WeakReference context) = Read();

        GC.Collect();

        Assert.False(context.IsAlive); // Jobs are known for a day.
        GC.KeepAlive(wanted);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private (JobRequest Wanted, WeakReference Context) Read()
    {
        Assert.True(rig.Broker.VirtualHosts.TryGet("/", out VirtualHost? host));
        host.DeclareQueue(new QueueSettings("light", Durable: true, Exclusive: false, AutoDelete: false, Arguments: null, Owner: null));
        Assert.True(rig.Broker.Users.TryGet("guest", out User? guest));
        var context = new DefaultHttpContext();
        var request = new ApiRequest(context, rig.Broker, rig.Live.Sampler, guest, new Dictionary<string, string>(StringComparer.Ordinal));
        var body = JsonBody.Parse("""{"kind":"move","source":{"vhost":"/","queue":"light"},"target":{"exchange":"amq.topic"}}"""u8.ToArray());
        return (new JobReading(request, body).Read(), new WeakReference(context));
    }

    private async Task<string> StartAsync(string body, string login) => (await rig.JsonAsync("POST", "/api/ropeway/jobs", body, login)).GetProperty("id").GetString()!;

    private async Task<JsonElement> RunAsync(string body) => await EndAsync(await rig.JsonAsync("POST", "/api/ropeway/jobs", body));

    private async Task<JsonElement> EndAsync(JsonElement job)
    {
        var since = Stopwatch.StartNew();
        while (job.GetProperty("state").GetString() == "running" && since.Elapsed < Deadline.Value)
        {
            job = await rig.JsonAsync("GET", $"/api/ropeway/jobs/{job.GetProperty("id").GetString()}");
        }

        return job;
    }

    private async Task<int> CountAsync(string name) => (await rig.JsonAsync("GET", $"/api/queues/%2F/{name}")).GetProperty("messages").GetInt32();

    private async Task FillAsync(string name, params string[] payloads)
    {
        await rig.StatusAsync("PUT", $"/api/queues/%2F/{name}", """{"durable":true}""");
        foreach (string payload in payloads)
        {
            await rig.JsonAsync("POST", "/api/exchanges/%2F/amq.default/publish", $$"""{"properties":{"delivery_mode":2},"routing_key":"{{name}}","payload":"{{payload}}","payload_encoding":"string"}""");
        }
    }
}
