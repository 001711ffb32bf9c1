using System.Text.Json;

namespace Ropeway.Management.Tests;

/// <summary>Pausing queues over HTTP.</summary>
public sealed class PauseTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    [Fact]
    public async Task Pause_Queue_SaysWhoAndWhyAndGivesNothing()
    {
        await rig.StatusAsync("PUT", "/api/queues/%2F/p", """{"durable":true}""");
        Assert.Equal(204, await rig.StatusAsync("POST", "/api/ropeway/queues/%2F/p/pause", """{"reason":"deploying"}"""));
        await rig.JsonAsync("POST", "/api/exchanges/%2F/amq.default/publish", """{"properties":{},"routing_key":"p","payload":"a","payload_encoding":"string"}""");

        JsonElement queue = await rig.JsonAsync("GET", "/api/queues/%2F/p");

        JsonElement paused = queue.GetProperty("paused");
        Assert.Equal(("guest", "deploying"), (paused.GetProperty("user").GetString(), paused.GetProperty("reason").GetString()));
        Assert.Matches("^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$", paused.GetProperty("since").GetString());
        Assert.Equal(1, queue.GetProperty("messages_ready").GetInt32());
        Assert.Equal("[]", (await GetAsync()).GetRawText());
        Assert.Equal(204, await rig.StatusAsync("POST", "/api/ropeway/queues/%2F/p/resume"));
        Assert.Equal(1, (await GetAsync()).GetArrayLength());
        Assert.False((await rig.JsonAsync("GET", "/api/queues/%2F/p")).TryGetProperty("paused", out _));
    }

    [Fact]
    public async Task Pause_WithoutPermissionToConfigure_NamesIt()
    {
        await rig.StatusAsync("PUT", "/api/queues/%2F/theirs", "{}");
        rig.AddUser("reader", "management", configure: "^mine");

        Assert.Equal(
            (403, "access_refused", "user 'reader' lacks the permission configure on queue 'theirs' in vhost '/'"),
            await rig.RefusalAsync("POST", "/api/ropeway/queues/%2F/theirs/pause", "{}", "reader:reader"));
        Assert.Equal(404, await rig.StatusAsync("POST", "/api/ropeway/queues/%2F/none/pause"));
        Assert.Equal(400, await rig.StatusAsync("POST", "/api/ropeway/queues/%2F/theirs/pause", $$"""{"reason":"{{new string('x', 1025)}}"}"""));
    }

    private Task<JsonElement> GetAsync() => rig.JsonAsync("POST", "/api/queues/%2F/p/get", """{"count":9,"ackmode":"ack_requeue_true","encoding":"auto"}""");
}
