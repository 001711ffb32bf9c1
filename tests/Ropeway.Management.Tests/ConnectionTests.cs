using System.Net;
using System.Text.Json;
using Ropeway.Core;

namespace Ropeway.Management.Tests;

/// <summary>Client connections over HTTP.</summary>
public sealed class ConnectionTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    [Fact]
    public async Task Connection_ThatIsOpen_IsDescribed()
    {
        using var gone = new Registration(rig.Broker, "guest", out ConnectionEntry entry, out _);
        JsonElement shown = await rig.JsonAsync("GET", $"/api/connections/{Uri.EscapeDataString(entry.Name)}");

        Assert.Equal($"203.0.113.9:{entry.Remote.Port} -> 127.0.0.1:5672", shown.GetProperty("name").GetString());
        Assert.Equal(("guest", "/", "AMQP 0-9-1", "running"), (Text(shown, "user"), Text(shown, "vhost"), Text(shown, "protocol"), Text(shown, "state")));
        Assert.Equal(("203.0.113.9", entry.Remote.Port), (Text(shown, "peer_host"), shown.GetProperty("peer_port").GetInt32()));
        Assert.Equal(("127.0.0.1", 5672, 3), (Text(shown, "host"), shown.GetProperty("port").GetInt32(), shown.GetProperty("channels").GetInt32()));
        Assert.Equal(1_700_000_000_123, shown.GetProperty("connected_at").GetInt64());
        Assert.Equal("mine", Text(shown.GetProperty("client_properties"), "connection_name"));
        Assert.Contains(entry.Name, (await rig.JsonAsync("GET", "/api/connections")).EnumerateArray().Select(one => Text(one, "name")));
    }

    [Fact]
    public async Task Connection_ThatIsOpen_TellsItsTrafficAndWhatWasAgreedOn()
    {
        using var gone = new Registration(rig.Broker, "guest", out ConnectionEntry entry, out FakeConnection connection);
        connection.Traffic = new ConnectionTraffic(ReceivedBytes: 1000, ReceiveCount: 10, SentBytes: 200, SendCount: 2, WaitingBytes: 3);

        JsonElement shown = await rig.JsonAsync("GET", $"/api/connections/{Uri.EscapeDataString(entry.Name)}");

        int Number(string name) => shown.GetProperty(name).GetInt32();
        Assert.Equal((1000, 10, 200, 2, 3), (Number("recv_oct"), Number("recv_cnt"), Number("send_oct"), Number("send_cnt"), Number("send_pend")));
        Assert.Equal((2047, 131_072, 60), (Number("channel_max"), Number("frame_max"), Number("timeout")));
    }

    [Fact]
    public async Task Connection_ThatIsBlocked_TellsWhy()
    {
        using var gone = new Registration(rig.Broker, "guest", out ConnectionEntry entry, out FakeConnection connection);
        connection.BlockedReason = "low on memory";
        JsonElement shown = await rig.JsonAsync("GET", $"/api/connections/{Uri.EscapeDataString(entry.Name)}");
        Assert.Equal(("blocked", "low on memory"), (Text(shown, "state"), Text(shown, "blocked_reason")));

        connection.BlockedReason = null;
        Assert.False((await rig.JsonAsync("GET", $"/api/connections/{Uri.EscapeDataString(entry.Name)}")).TryGetProperty("blocked_reason", out _));
    }

    [Theory]
    [InlineData(null, "Closed via management plugin")]
    [InlineData("maintenance", "maintenance")]
    public async Task Connection_Deleted_IsClosedWithTheReason(string? given, string expected)
    {
        using var gone = new Registration(rig.Broker, "guest", out ConnectionEntry entry, out FakeConnection connection);
        using HttpResponseMessage response = await rig.SendAsync(
            "DELETE", $"/api/connections/{Uri.EscapeDataString(entry.Name)}", header: given is null ? null : ("X-Reason", given));

        Assert.Equal(HttpStatusCode.NoContent, response.StatusCode);
        Assert.Equal(expected, connection.Reason);
    }

    [Fact]
    public async Task Connection_OfAnotherUser_IsNeitherSeenNorClosedWithoutTheTag()
    {
        rig.AddUser("plain", "management");
        rig.AddUser("watcher", "monitoring");
        using var gone = new Registration(rig.Broker, "guest", out ConnectionEntry entry, out FakeConnection connection);
        string path = $"/api/connections/{Uri.EscapeDataString(entry.Name)}";

        Assert.Equal(404, await rig.StatusAsync("GET", path, login: "plain:plain"));
        Assert.Equal(404, await rig.StatusAsync("DELETE", path, login: "plain:plain"));
        Assert.Equal(200, await rig.StatusAsync("GET", path, login: "watcher:watcher"));
        Assert.Equal(401, await rig.StatusAsync("DELETE", path, login: "watcher:watcher"));
        Assert.Null(connection.Reason);
    }

    [Fact]
    public async Task Connections_OfAUserThatIsDeleted_AreClosed()
    {
        rig.AddUser("leaver", "management");
        using var gone = new Registration(rig.Broker, "leaver", out _, out FakeConnection connection);

        Assert.Equal(204, await rig.StatusAsync("DELETE", "/api/users/leaver"));
        Assert.Equal("user 'leaver' is deleted", connection.Reason);
    }

    private static string Text(JsonElement element, string name) => element.GetProperty(name).GetString()!;
}
