using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;

namespace Ropeway.Management.Tests;

/// <summary>Looking at messages over HTTP.</summary>
public sealed class BrowseTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    [Fact]
    public async Task List_Messages_ShowsThemAndLeavesThem()
    {
        await FillAsync("list", "a", "b", "c");

        JsonElement page = await rig.JsonAsync("GET", "/api/ropeway/queues/%2F/list/messages?limit=2");

        Assert.Equal(["a", "b"], page.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("preview").GetString()));
        Assert.Equal("""{"scanned":2,"matched":2,"next":2,"previous":null,"done":false,"total":3}""", JsonSerializer.Serialize(new
        {
            scanned = page.GetProperty("scanned"),
            matched = page.GetProperty("matched"),
            next = page.GetProperty("next"),
            previous = page.GetProperty("previous"),
            done = page.GetProperty("done"),
            total = page.GetProperty("total"),
        }));
        JsonElement first = page.GetProperty("messages")[0];
        Assert.Equal((0, "list", "", 1, 0, false, true), (
            first.GetProperty("sequence").GetInt64(),
            first.GetProperty("routing_key").GetString(),
            first.GetProperty("exchange").GetString(),
            first.GetProperty("size").GetInt32(),
            first.GetProperty("tries").GetInt32(),
            first.GetProperty("redelivered").GetBoolean(),
            first.GetProperty("persistent").GetBoolean()));
        Assert.Equal(JsonValueKind.Null, first.GetProperty("holder").ValueKind);
        Assert.Equal(3, (await rig.JsonAsync("GET", "/api/queues/%2F/list")).GetProperty("messages_ready").GetInt32());
        JsonElement newest = await rig.JsonAsync("GET", "/api/ropeway/queues/%2F/list/messages?from=newest&filter=-c");
        Assert.Equal(["b", "a"], newest.GetProperty("messages").EnumerateArray().Select(message => message.GetProperty("preview").GetString()));
    }

    [Fact]
    public async Task ConnectionsOwnQueue_IsShownToMonitoringOnly()
    {
        Assert.True(rig.Broker.VirtualHosts.TryGet("/", out VirtualHost? host));
        host.DeclareQueue(new QueueSettings("replies", Durable: false, Exclusive: true, AutoDelete: false, Arguments: null, Owner: new object()));
        await rig.JsonAsync("POST", "/api/exchanges/%2F/amq.default/publish", """{"properties":{},"routing_key":"replies","payload":"secret","payload_encoding":"string"}""");
        rig.AddUser("neighbour", "management");
        rig.AddUser("monitor", "monitoring");

        foreach ((string method, string path) in ((string, string)[])[("GET", "messages"), ("GET", "messages/0"), ("GET", "messages/0/body"), ("POST", "pause")])
        {
            (int status, _, string reason) = await rig.RefusalAsync(method, $"/api/ropeway/queues/%2F/replies/{path}", body: (string?)null, "neighbour:neighbour");
            Assert.Equal(400, status);
            Assert.Contains("exclusive", reason, StringComparison.Ordinal);
        }

        JsonElement page = await rig.JsonAsync("GET", "/api/ropeway/queues/%2F/replies/messages", login: "monitor:monitor");
        Assert.Equal("secret", Assert.Single(page.GetProperty("messages").EnumerateArray()).GetProperty("preview").GetString());
    }

    [Fact]
    public async Task Get_OneMessage_HasPropertiesHeadersWithTypesAndBody()
    {
        await rig.StatusAsync("PUT", "/api/queues/%2F/one", "{}");
        string message = """{"properties":{"message_id":"m-1","headers":{"n":9007199254740993,"t":"x","f":1.5,"b":true,"l":[1]}},"routing_key":"one","payload":"{\"id\":9007199254740993}","payload_encoding":"string"}""";
        await rig.JsonAsync("POST", "/api/exchanges/%2F/amq.default/publish", message);

        JsonElement one = await rig.JsonAsync("GET", "/api/ropeway/queues/%2F/one/messages/0");

        Assert.Equal("""{"message_id":"m-1"}""", one.GetProperty("properties").GetRawText());
        Assert.Equal(
            """[{"name":"n","type":"int64","value":"9007199254740993"},{"name":"t","type":"text","value":"x"},{"name":"f","type":"double","value":1.5},{"name":"b","type":"boolean","value":true},{"name":"l","type":"list","value":[1]}]""",
            one.GetProperty("headers").GetRawText());
        Assert.Equal("{\"id\":9007199254740993}", one.GetProperty("body").GetProperty("text").GetString());
        Assert.False(one.GetProperty("body").GetProperty("truncated").GetBoolean());
        Assert.Equal("[]", one.GetProperty("deaths").GetRawText());
        Assert.False(one.TryGetProperty("message", out _));
    }

    [Fact]
    public async Task Get_Body_IsTheExactBytesAsAnAttachment()
    {
        await rig.StatusAsync("PUT", "/api/queues/%2F/bytes", "{}");
        byte[] body = [0, 1, 0xFF, (byte)'<', 0xC3];
        await rig.JsonAsync("POST", "/api/exchanges/%2F/amq.default/publish", $$"""{"properties":{},"routing_key":"bytes","payload":"{{Convert.ToBase64String(body)}}","payload_encoding":"base64"}""");

        using HttpResponseMessage response = await rig.SendAsync("GET", "/api/ropeway/queues/%2F/bytes/messages/0/body");

        Assert.Equal(body, await response.Content.ReadAsByteArrayAsync());
        Assert.Equal(new MediaTypeHeaderValue("application/octet-stream"), response.Content.Headers.ContentType);
        Assert.Equal("attachment", response.Content.Headers.ContentDisposition?.DispositionType);
        JsonElement one = await rig.JsonAsync("GET", "/api/ropeway/queues/%2F/bytes/messages/0");
        Assert.Equal(Convert.ToBase64String(body), one.GetProperty("body").GetProperty("base64").GetString());
        Assert.Equal(JsonValueKind.Null, one.GetProperty("body").GetProperty("text").ValueKind);
    }

    [Fact]
    public async Task Get_LongBody_ShowsItsFirstBytesUpToAWholeCharacter()
    {
        await FillAsync("long", string.Concat(Enumerable.Repeat("\u20AC", 30_000)));

        JsonElement body = (await rig.JsonAsync("GET", "/api/ropeway/queues/%2F/long/messages/0")).GetProperty("body");

        Assert.Equal((90_000, true), (body.GetProperty("size").GetInt32(), body.GetProperty("truncated").GetBoolean()));
        string text = body.GetProperty("text").GetString()!;
        Assert.Equal(65_535, Encoding.UTF8.GetByteCount(text));
        Assert.DoesNotContain('\uFFFD', text);
    }

    [Theory]
    [InlineData("?filter=nme:x", 400, "filter, column 1: there is no 'nme:'")]
    [InlineData("?limit=0", 400, "'limit' is a whole number from 1 to 500, got '0'")]
    [InlineData("?set=ready", 400, "'set' is waiting, held, delayed or all, got 'ready'")]
    [InlineData("?direction=up", 400, "'direction' is forward or back, got 'up'")]
    [InlineData("?from=time:never", 400, "'from' is oldest, newest, a sequence number or time:")]
    [InlineData("/x", 400, "a message's sequence number is expected, got 'x'")]
    [InlineData("/99", 404, "no message 99 in queue 'wrong' in vhost '/'")]
    public async Task List_RequestIsWrong_IsRefused(string rest, int status, string reason)
    {
        await rig.StatusAsync("PUT", "/api/queues/%2F/wrong", "{}");

        (int got, _, string text) = await rig.RefusalAsync("GET", $"/api/ropeway/queues/%2F/wrong/messages{rest}");

        Assert.Equal(status, got);
        Assert.StartsWith(reason, text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task List_WithoutPermissionToRead_NamesIt()
    {
        await FillAsync("secret", "a");
        rig.AddUser("blind", "monitoring", read: "^other");

        foreach (string path in (string[])["messages", "messages/0", "messages/0/body"])
        {
            Assert.Equal(
                (403, "access_refused", "user 'blind' lacks the permission read on queue 'secret' in vhost '/'"),
                await rig.RefusalAsync("GET", $"/api/ropeway/queues/%2F/secret/{path}", body: (string?)null, "blind:blind"));
        }
    }

    private async Task FillAsync(string name, params string[] payloads)
    {
        await rig.StatusAsync("PUT", $"/api/queues/%2F/{name}", """{"durable":true}""");
        foreach (string payload in payloads)
        {
            await rig.JsonAsync("POST", "/api/exchanges/%2F/amq.default/publish", $$"""{"properties":{"delivery_mode":2},"routing_key":"{{name}}","payload":"{{payload}}","payload_encoding":"string"}""");
        }
    }
}
