using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Ropeway.Core.Resources;

namespace Ropeway.Management.Tests;

/// <summary>The pages that Prometheus reads.</summary>
public sealed partial class MetricTests(ManagementRig rig) : IClassFixture<ManagementRig>
{
    [Fact]
    public async Task Sums_OfQueues_CountWhatWasPublishedAndWhatIsThere()
    {
        string before = await ReadAsync("/metrics");
        await PublishAsync("sums", "1");
        await PublishAsync("sums", "2");
        await rig.StatusAsync("DELETE", "/api/queues/%2F/sums/contents");
        await PublishAsync("sums", "3");

        string after = await ReadAsync("/metrics");

        Assert.Equal(3, Value(after, "rabbitmq_queue_messages_published_total") - Value(before, "rabbitmq_queue_messages_published_total"));
        Assert.Equal(1, Value(after, "rabbitmq_queue_messages_ready") - Value(before, "rabbitmq_queue_messages_ready"));
        Assert.Equal(1, Value(after, "rabbitmq_queues") - Value(before, "rabbitmq_queues"));
        Assert.True(Value(after, "ropeway_commit_groups_total") > Value(before, "ropeway_commit_groups_total"));
    }

    [Fact]
    public async Task Tail_CountsMessagesThatWereReadFromMemory()
    {
        await PublishAsync("hot", "1");
        await PublishAsync("hot", "2");
        string before = await ReadAsync("/metrics");
        await rig.StatusAsync("POST", "/api/queues/%2F/hot/get", """{"count":2,"ackmode":"ack_requeue_false","encoding":"auto"}""");

        string after = await ReadAsync("/metrics");

        Assert.Equal(2, Value(after, "ropeway_tail_hits_total") - Value(before, "ropeway_tail_hits_total"));
        Assert.Equal(0, Value(after, "ropeway_tail_misses_total"));
    }

    [Fact]
    public async Task Process_OpenFiles_AreFewerThanItMayHave()
    {
        string page = await ReadAsync("/metrics");
        Assert.InRange(Value(page, "rabbitmq_process_open_fds"), 1, Value(page, "rabbitmq_process_max_fds"));
    }

    [Fact]
    public async Task Sums_OfQueuesThatComeAndGo_CountThem()
    {
        string before = await ReadAsync("/metrics");
        await rig.StatusAsync("PUT", "/api/queues/%2F/passing", "{}");
        await rig.StatusAsync("PUT", "/api/queues/%2F/passing", "{}");
        await rig.StatusAsync("DELETE", "/api/queues/%2F/passing");

        string after = await ReadAsync("/metrics");

        Assert.Equal(2, Value(after, "rabbitmq_queues_declared_total") - Value(before, "rabbitmq_queues_declared_total"));
        Assert.Equal(1, Value(after, "rabbitmq_queues_created_total") - Value(before, "rabbitmq_queues_created_total"));
        Assert.Equal(1, Value(after, "rabbitmq_queues_deleted_total") - Value(before, "rabbitmq_queues_deleted_total"));
        Assert.Equal(0, Value(after, "rabbitmq_channels_opened_total") - Value(after, "rabbitmq_channels_closed_total"));
    }

    [Theory]
    [InlineData("/metrics")]
    [InlineData("/metrics/per-object")]
    [InlineData("/metrics/detailed?family=queue_coarse_metrics&family=channel_metrics")]
    public async Task Page_IsTextThatPrometheusReads(string path)
    {
        using var gone = new Registration(rig.Broker, "guest", out _, out _);
        await PublishAsync("odd \"name\" with \\", "x");

        using HttpResponseMessage response = await rig.SendAsync("GET", path);

        Assert.Equal("text/plain; version=0.0.4", response.Content.Headers.ContentType?.ToString());
        string text = await response.Content.ReadAsStringAsync();
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        string family = string.Empty;
        var families = new HashSet<string>(StringComparer.Ordinal);
        foreach (string line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                family = line.Split(' ')[2];
                Assert.True(families.Add(family), $"{family} has samples in two places");
            }
            else if (!line.StartsWith("# HELP ", StringComparison.Ordinal))
            {
                Assert.Matches(Sample(), line);
                Assert.Equal(family, HistogramPart().Replace(line.Split('{', ' ')[0], string.Empty));
            }
        }
    }

    [Fact]
    public async Task PerObject_HasASampleForEachQueue()
    {
        await PublishAsync("each \"1\"", "x");

        Assert.Contains("""rabbitmq_queue_messages_ready{vhost="/",queue="each \"1\""} 1""", await ReadAsync("/metrics/per-object"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Detailed_HasOnlyTheFamiliesAndHostsAskedFor()
    {
        await rig.StatusAsync("PUT", "/api/vhosts/detailed");
        await rig.StatusAsync("PUT", "/api/queues/detailed/q", "{}");
        await PublishAsync("elsewhere", "x");

        string text = await ReadAsync("/metrics/detailed?family=queue_consumer_count&vhost=detailed");

        Assert.Equal(["""rabbitmq_detailed_queue_consumers{vhost="detailed",queue="q"} 0"""], text.Split('\n').Where(line => line.Length > 0 && line[0] != '#'));
        Assert.Equal(string.Empty, await ReadAsync("/metrics/detailed"));
    }

    [Fact]
    public async Task Connections_AreCountedFromLoginToEnd()
    {
        string before = await ReadAsync("/metrics");
        using (new Registration(rig.Broker, "guest", out _, out _))
        {
            string during = await ReadAsync("/metrics");
            Assert.Equal(1, Value(during, "rabbitmq_connections") - Value(before, "rabbitmq_connections"));
            Assert.Equal(1, Value(during, "rabbitmq_connections_opened_total") - Value(before, "rabbitmq_connections_opened_total"));
        }

        string after = await ReadAsync("/metrics");
        Assert.Equal(1, Value(after, "rabbitmq_connections_closed_total") - Value(before, "rabbitmq_connections_closed_total"));
    }

    [Fact]
    public async Task Blocked_CountsConnectionsByReason()
    {
        using var gone = new Registration(rig.Broker, "guest", out _, out FakeConnection connection);
        connection.BlockedReason = "low on \"memory\"";

        Assert.Contains("""ropeway_publishers_blocked{reason="low on \"memory\""} 1""", await ReadAsync("/metrics"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Alarm_IsShown()
    {
        rig.Broker.Admission.Set(AdmissionCause.Disk, holds: true);
        string during = await ReadAsync("/metrics");
        rig.Broker.Admission.Set(AdmissionCause.Disk, holds: false);

        Assert.Equal((1, 0), (Value(during, "rabbitmq_alarms_free_disk_space_watermark"), Value(await ReadAsync("/metrics"), "rabbitmq_alarms_free_disk_space_watermark")));
    }

    [Theory]
    [InlineData("management", 401)]
    [InlineData("monitoring", 200)]
    public async Task Page_OnTheManagementListener_IsForMonitoring(string tag, int status)
    {
        rig.AddUser($"metric-{tag}", tag);

        Assert.Equal(status, await rig.StatusAsync("GET", "/metrics", login: $"metric-{tag}:metric-{tag}"));
        Assert.Equal(401, await rig.StatusAsync("GET", "/metrics", login: null));
    }

    [Theory]
    [InlineData("GET", "/metrics", 200)]
    [InlineData("GET", "/metrics/per-object", 200)]
    [InlineData("GET", "/metrics/detailed?family=queue_metrics", 200)]
    [InlineData("GET", "/metrics/nosuch", 404)]
    [InlineData("GET", "/api/overview", 404)]
    [InlineData("DELETE", "/api/queues/%2F/q", 405)]
    public async Task ListenerForMetrics_HasThemWithoutLoginAndNothingElse(string method, string path, int status)
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen();
        var endPoint = (IPEndPoint)socket.LocalEndPoint!;
        var options = new ManagementOptions { Listeners = [new ListeningAddress(ListeningAddress.Metrics, endPoint), new ListeningAddress("http", rig.EndPoint)] };
        await using ManagementHost host = await ManagementHost.StartAsync(rig.Broker, [socket], options);
        using var client = new HttpClient();
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri($"http://{endPoint}{path}"));

        using HttpResponseMessage response = await client.SendAsync(request);

        Assert.Equal(status, (int)response.StatusCode);
    }

    private static long Value(string text, string name) =>
        long.Parse(text.Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal))[(name.Length + 1)..], System.Globalization.CultureInfo.InvariantCulture);

    private async Task<string> ReadAsync(string path)
    {
        using HttpResponseMessage response = await rig.SendAsync("GET", path);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return await response.Content.ReadAsStringAsync();
    }

    private async Task PublishAsync(string queue, string payload)
    {
        await rig.StatusAsync("PUT", $"/api/queues/%2F/{Uri.EscapeDataString(queue)}", """{"durable":true}""");
        string body = System.Text.Json.JsonSerializer.Serialize(new { routing_key = queue, payload, payload_encoding = "string", properties = new { } });
        Assert.Equal(200, await rig.StatusAsync("POST", "/api/exchanges/%2F/amq.default/publish", body));
    }

    [GeneratedRegex("(?<=_seconds)_(?:bucket|sum|count)$", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex HistogramPart();

    [GeneratedRegex("""^[a-z_]+(\{[a-z_]+="([^"\\]|\\["\\n])*"(,[a-z_]+="([^"\\]|\\["\\n])*")*\})? -?[0-9]+(?:\.[0-9]+)?(?:E-[0-9]+)?$""", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Sample();
}
