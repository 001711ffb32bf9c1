using System.Text.Json;

namespace Ropeway.Management.Tests;

/// <summary>Rewinding queues over HTTP.</summary>
public sealed class RewindTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    [Fact]
    public async Task Rewind_FromASequence_AnswersHowManyAndTheyAreReady()
    {
        await DeclareAsync("sequence");
        await ConsumeAsync("sequence", "a", "b", "c");
        Assert.Equal((0, 0, 3), await CountsAsync("sequence"));

        Assert.Equal("""{"messages":2}""", (await RewindAsync("sequence", """{"from_sequence":1}""")).GetRawText());

        Assert.Equal((2, 2, 1), await CountsAsync("sequence"));
        JsonElement got = await GetAsync("sequence", 9);
        Assert.Equal(["b", "c"], got.EnumerateArray().Select(message => message.GetProperty("payload").GetString()));
        Assert.All(got.EnumerateArray(), message => Assert.True(message.GetProperty("redelivered").GetBoolean()));
    }

    [Theory]
    [InlineData("0", 2)]
    [InlineData("\"1970-01-01T00:00:00Z\"", 2)]
    [InlineData("\"2026-03-01T13:00:00.5+01:00\"", 2)]
    [InlineData("\"9999-01-01T00:00:00.123456Z\"", 0)]
    [InlineData("253000000000000", 0)]
    public async Task Rewind_SinceATime_TakesEitherForm(string since, int count)
    {
        string name = $"since {since.Trim('"')}";
        await DeclareAsync(name);
        await ConsumeAsync(name, "a", "b");

        Assert.Equal(count, (await RewindAsync(name, $$"""{"since":{{since}}}""")).GetProperty("messages").GetInt32());
    }

    [Theory]
    [InlineData("", "one of 'since' and 'from_sequence' is expected")]
    [InlineData("{}", "one of 'since' and 'from_sequence' is expected")]
    [InlineData("""{"since":1,"from_sequence":1}""", "one of 'since' and 'from_sequence' is expected")]
    [InlineData("""{"from_sequence":-1}""", "'from_sequence' must not be negative, got -1")]
    [InlineData("""{"from_sequence":"x"}""", "'from_sequence' must be a whole number")]
    [InlineData("""{"since":"yesterday"}""", "'since' must be milliseconds since 1970 UTC")]
    [InlineData("""{"since":"2026-03-01"}""", "'since' must be milliseconds since 1970 UTC")]
    [InlineData("""{"since":1.5}""", "'since' must be milliseconds since 1970 UTC")]
    [InlineData("""{"since":[1]}""", "'since' must be milliseconds since 1970 UTC")]
    [InlineData("[]", "not_json")]
    public async Task Rewind_RequestIsWrong_IsRefused(string body, string reason)
    {
        await rig.StatusAsync("PUT", "/api/queues/%2F/wrong", """{"arguments":{"x-ack-retention":60000}}""");

        (int status, string error, string text) = await rig.RefusalAsync("POST", "/api/queues/%2F/wrong/rewind", body);

        Assert.Equal((400, "bad_request"), (status, error));
        Assert.StartsWith(reason, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nothing kept", "{}", "queue 'nothing kept' in vhost '/' keeps no acknowledged messages: it has neither x-ack-retention nor a policy with ack-retention")]
    [InlineData("too long", """{"x-ack-retention":60000,"x-max-length":1}""", "queue 'too long' in vhost '/' would drop messages: 2 would come back. Raise or remove its max-length, remove its max-length-bytes, or let its overflow be reject-publish")]
    [InlineData("stream", """{"x-queue-type":"stream"}""", "queue 'stream' in vhost '/' is a stream: each of its consumers chooses where it begins")]
    public async Task Rewind_QueueCannot_IsRefused(string name, string arguments, string reason)
    {
        await DeclareAsync(name, arguments);
        if (name == "too long")
        {
            await ConsumeAsync(name, "a");
            await ConsumeAsync(name, "b");
        }

        Assert.Equal((400, "bad_request", reason), await rig.RefusalAsync("POST", $"{PathOf(name)}/rewind", """{"since":0}"""));
    }

    [Fact]
    public async Task Rewind_NoSuchQueue_IsNotFound() => Assert.Equal(404, await rig.StatusAsync("POST", "/api/queues/%2F/none/rewind", """{"since":0}"""));

    [Fact]
    public async Task Rewind_WithoutThePermissionToRead_IsRefused()
    {
        await DeclareAsync("theirs");
        rig.AddUser("reader", "management", configure: "", write: "", read: "^theirs$");
        rig.AddUser("writer", "management", read: "^mine");

        Assert.Equal((401, "not_authorised", "Access refused."), await rig.RefusalAsync("POST", "/api/queues/%2F/theirs/rewind", """{"since":0}""", "writer:writer"));
        Assert.Equal(200, await rig.StatusAsync("POST", "/api/queues/%2F/theirs/rewind", """{"since":0}""", "reader:reader"));
    }

    [Fact]
    public async Task Policies_WithRetention_HoldForTheQueuesThatExist()
    {
        await DeclareAsync("by policy", "{}");
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/policies/%2F/keep", """{"pattern":"^by policy$","definition":{"ack-retention":60000},"apply-to":"queues"}"""));
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/operator-policies/%2F/less", """{"pattern":"^by policy$","definition":{"ack-retention":50000},"apply-to":"queues"}"""));
        await ConsumeAsync("by policy", "a");

        JsonElement queue = await rig.JsonAsync("GET", PathOf("by policy"));

        Assert.Equal("""{"ack-retention":50000}""", queue.GetProperty("effective_arguments").GetRawText());
        Assert.Equal(1, queue.GetProperty("messages_kept").GetInt64());
        Assert.Equal(1, (await RewindAsync("by policy", """{"since":0}""")).GetProperty("messages").GetInt32());
    }

    [Fact]
    public async Task Stream_WithRetention_IsRefused()
    {
        (int status, _, string reason) = await rig.RefusalAsync("PUT", "/api/queues/%2F/keeping-stream", """{"arguments":{"x-queue-type":"stream","x-ack-retention":60000}}""");

        Assert.Equal(400, status);
        Assert.Contains("x-ack-retention", reason, StringComparison.Ordinal);
        Assert.Contains("rabbit_stream_queue", reason, StringComparison.Ordinal);
    }

    private static string PathOf(string name) => $"/api/queues/%2F/{Uri.EscapeDataString(name)}";

    private async Task DeclareAsync(string name, string arguments = """{"x-ack-retention":60000}""") =>
        Assert.Equal(201, await rig.StatusAsync("PUT", PathOf(name), $$"""{"durable":true,"arguments":{{arguments}}}"""));

    private async Task ConsumeAsync(string name, params string[] payloads)
    {
        foreach (string payload in payloads)
        {
            string body = $$"""{"properties":{},"routing_key":"{{name}}","payload":"{{payload}}","payload_encoding":"string"}""";
            Assert.True((await rig.JsonAsync("POST", "/api/exchanges/%2F/amq.default/publish", body)).GetProperty("routed").GetBoolean());
        }

        Assert.Equal(payloads.Length, (await GetAsync(name, payloads.Length)).GetArrayLength());
    }

    private Task<JsonElement> GetAsync(string name, int count) =>
        rig.JsonAsync("POST", $"{PathOf(name)}/get", $$"""{"count":{{count}},"ackmode":"ack_requeue_false","encoding":"auto"}""");

    private Task<JsonElement> RewindAsync(string name, string body) => rig.JsonAsync("POST", $"{PathOf(name)}/rewind", body);

    private async Task<(int All, int Ready, int Kept)> CountsAsync(string name)
    {
        JsonElement queue = await rig.JsonAsync("GET", PathOf(name));
        return (queue.GetProperty("messages").GetInt32(), queue.GetProperty("messages_ready").GetInt32(), queue.GetProperty("messages_kept").GetInt32());
    }
}
