using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Ropeway.Core.Resources;
using Ropeway.Management.Http;

namespace Ropeway.Management.Tests;

/// <summary>What holds for every request.</summary>
public sealed class RequestTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    [Theory]
    [InlineData("/api/vhosts/%2F", "api|vhosts|/")]
    [InlineData("/api/queues/%2F/a%2Fb?x=/y", "api|queues|/|a/b")]
    [InlineData("/api/queues/%2F/100%25", "api|queues|/|100%")]
    [InlineData("/api/queues/%2F/%252F", "api|queues|/|%2F")]
    [InlineData("/api/exchanges/%2F/", "api|exchanges|/")]
    public void Split_Targets_DecodesSegmentsOneByOne(string target, string expected) => Assert.Equal(expected, string.Join('|', RouteTable.Split(target)!));

    [Fact]
    public async Task UnknownPath_IsNotFound() => Assert.Equal((404, "Object Not Found", "Not Found"), await rig.RefusalAsync("GET", "/api/nosuch"));

    [Fact]
    public async Task UnknownMethod_IsToldTheKnownOnes()
    {
        using HttpResponseMessage response = await rig.SendAsync("PATCH", "/api/vhosts/x");

        Assert.Equal(HttpStatusCode.MethodNotAllowed, response.StatusCode);
        Assert.Equal(["GET", "PUT", "DELETE"], response.Content.Headers.Allow);
    }

    [Theory]
    [InlineData("{")]
    [InlineData("[]")]
    [InlineData("{\"tags\":\"\"} x")]
    [InlineData("\"text\"")]
    public async Task Body_ThatIsNoJsonObject_IsRefused(string body)
    {
        (int status, string error, string reason) = await rig.RefusalAsync("PUT", "/api/users/x", body);

        Assert.Equal((400, "bad_request"), (status, error));
        Assert.StartsWith("not_json", reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("PUT", "/api/users/x", """{"password":"p","tags":"\ud800"}""")]
    [InlineData("PUT", "/api/users/x", """{"password":"p","tags":"","\udc00":1}""")]
    [InlineData("PUT", "/api/users/x", """{"password":"p","tags":["\ud800x"]}""")]
    [InlineData("PUT", "/api/queues/%2F/q", """{"arguments":{"x-a":{"\ud83d":true}}}""")]
    [InlineData("PUT", "/api/exchanges/%2F/e", """{"type":"\ude00\ud83d"}""")]
    [InlineData("POST", "/api/bindings/%2F/e/amq.fanout/q/amq.direct", """{"routing_key":"\ud800"}""")]
    [InlineData("PUT", "/api/policies/%2F/p", """{"pattern":"\ud800","definition":{"max-length":1}}""")]
    [InlineData("PUT", "/api/vhosts/v", """{"description":"\ud800"}""")]
    [InlineData("PUT", "/api/permissions/%2F/guest", """{"configure":"\ud800","write":"","read":""}""")]
    [InlineData("PUT", "/api/user-limits/guest/max-channels", """{"value":"\ud800"}""")]
    [InlineData("POST", "/api/exchanges/%2F/amq.fanout/publish", """{"routing_key":"","payload":"\ud800","payload_encoding":"string","properties":{}}""")]
    [InlineData("POST", "/api/queues/%2F/taken/get", """{"count":1,"ackmode":"\ud800","encoding":"auto"}""")]
    [InlineData("POST", "/api/definitions", """{"users":[{"name":"\ud800","password_hash":"","tags":""}]}""")]
    [InlineData("POST", "/api/users/bulk-delete", """{"users":["\ud800"]}""")]
    public async Task Body_WithHalfACharacter_IsRefused(string method, string path, string body)
    {
        await rig.StatusAsync("PUT", "/api/queues/%2F/taken", "{}");

        Assert.Equal((400, "bad_request", "not_json: a text is no valid Unicode"), await rig.RefusalAsync(method, path, body));
    }

    [Fact]
    public async Task Body_WithBytesThatAreNoText_IsRefused()
    {
        using var content = new ByteArrayContent([.. "{\"tags\":\""u8, 0xFF, .. "\"}"u8]);

        Assert.Equal((400, "bad_request", "not_json: a text is no valid Unicode"), await rig.RefusalAsync("PUT", "/api/users/x", content));
    }

    [Fact]
    public async Task Body_WithACharacterInTwoHalves_IsTaken()
    {
        Assert.Equal(201, await rig.StatusAsync("PUT", "/api/vhosts/pair", """{"description":"\ud83d\ude00"}"""));

        Assert.Equal("\U0001F600", (await rig.JsonAsync("GET", "/api/vhosts/pair")).GetProperty("description").GetString());
    }

    [Fact]
    public async Task Body_ThatIsTooLong_IsRefusedUnread()
    {
        string body = "{\"tags\":\"" + new string('x', ManagementLimits.BodyBytesMax) + "\"}";

        Assert.Equal((413, "payload_too_large"), ((await rig.RefusalAsync("PUT", "/api/users/x", body)).Status, (await rig.RefusalAsync("PUT", "/api/users/x", body)).Error));
    }

    [Theory]
    [InlineData("Content-Length: 8388608")]
    [InlineData("Transfer-Encoding: chunked")]
    public async Task Body_ThatIsTooLong_IsAnsweredToWhoSendsAllOfItFirst(string framing)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(rig.EndPoint);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes($"PUT /api/users/x HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic Z3Vlc3Q6Z3Vlc3Q=\r\n{framing}\r\n\r\n"));
        bool isChunked = framing.StartsWith("Transfer", StringComparison.Ordinal);
        byte[] piece = Encoding.ASCII.GetBytes(isChunked ? $"10000\r\n{new string(' ', 0x10000)}\r\n" : new string(' ', 0x10000));
        for (int i = 0; i < 128; i++)
        {
            await stream.WriteAsync(piece);
        }

        await stream.WriteAsync(isChunked ? "0\r\n\r\n"u8.ToArray() : []);
        using var reader = new StreamReader(stream);

        Assert.Equal("HTTP/1.1 413 Payload Too Large", await reader.ReadLineAsync());
    }

    [Fact]
    public async Task Body_NestedWithoutEnd_IsRefused() =>
        Assert.Equal(400, await rig.StatusAsync("PUT", "/api/queues/%2F/deep", "{\"arguments\":" + string.Concat(Enumerable.Repeat("{\"a\":", 10_000))));

    [Fact]
    public async Task Answer_WithInput_IsNeverAPage()
    {
        using HttpResponseMessage response = await rig.SendAsync("PUT", "/api/exchanges/%2F/e", """{"type":"<script>alert(1)</script>"}""");

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        Assert.Equal(["nosniff"], response.Headers.GetValues("X-Content-Type-Options"));
        Assert.DoesNotContain("<script>", await response.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        Assert.False(response.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public async Task Overview_HasWhatClientsRead()
    {
        JsonElement overview = await rig.JsonAsync("GET", "/api/overview");

        Assert.True(Version.Parse(overview.GetProperty("rabbitmq_version").GetString()!) >= new Version(4, 0));
        Assert.Equal("Ropeway", overview.GetProperty("product_name").GetString());
        Assert.Equal("ropeway@test", overview.GetProperty("node").GetString());
        Assert.True(overview.GetProperty("object_totals").GetProperty("exchanges").GetInt32() >= 7);
        Assert.Equal(rig.EndPoint.Port, overview.GetProperty("listeners")[0].GetProperty("port").GetInt32());
    }

    [Theory]
    [InlineData("/api/aliveness-test/%2F", 200)]
    [InlineData("/api/aliveness-test/nosuch", 404)]
    [InlineData("/api/health/checks/alarms", 200)]
    [InlineData("/api/health/checks/virtual-hosts", 200)]
    [InlineData("/api/health/checks/protocol-listener/http", 200)]
    [InlineData("/api/health/checks/protocol-listener/amqps", 503)]
    [InlineData("/api/health/checks/port-listener/1", 503)]
    [InlineData("/api/health/checks/port-listener/x", 400)]
    [InlineData("/api/nodes/ropeway@test", 200)]
    [InlineData("/api/nodes/other", 404)]
    [InlineData("/api/cluster-name", 200)]
    public async Task Checks_OfARunningBroker_AnswerByStatus(string path, int status) => Assert.Equal(status, await rig.StatusAsync("GET", path));

    [Fact]
    public async Task Checks_WhileMemoryIsShort_Fail()
    {
        using var own = new ManagementRig();
        await own.InitializeAsync();
        own.Broker.Admission.Set(AdmissionCause.Memory, holds: true);

        JsonElement check = await own.JsonAsync("GET", "/api/health/checks/alarms");
        JsonElement node = (await own.JsonAsync("GET", "/api/nodes"))[0];
        int status = await own.StatusAsync("GET", "/api/health/checks/local-alarms");
        await ((IAsyncLifetime)own).DisposeAsync();

        Assert.Equal(503, status);
        Assert.Equal("low on memory", check.GetProperty("reason").GetString());
        Assert.Equal((true, false), (node.GetProperty("mem_alarm").GetBoolean(), node.GetProperty("disk_free_alarm").GetBoolean()));
    }
}
