using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Api;

/// <summary>
/// Plays the requests of a script as guest, while one client publishes to the queue <c>api</c>, consumes from it and holds a message. What is answered is
/// kept as status and shape, so that two brokers can be compared.
/// </summary>
public sealed class ApiPlayer : IDisposable
{
    private const string Queue = "api";
    private const ushort Channel = 1;
    private const int MessageCount = 3;

    private readonly HttpClient _http = new() { Timeout = TestDeadline.Value };
    private readonly Uri _root;
    private readonly WireConnection _client;
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);

    private ApiPlayer(BrokerEndpoint amqp, Uri http)
    {
        _root = http;
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String("guest:guest"u8));
        _client = WireConnection.Open(amqp);
    }

    /// <summary>Logs in, and makes what the requests ask about.</summary>
    /// <param name="amqp">Where clients connect to.</param>
    /// <param name="http">Root of the API, for example <c>http://127.0.0.1:15672</c>.</param>
    public static async Task<ApiPlayer> StartAsync(BrokerEndpoint amqp, Uri http)
    {
        var player = new ApiPlayer(amqp, http);
        try
        {
            player.MakeTraffic();
            await player.LearnNamesAsync();
            return player;
        }
        catch
        {
            player.Dispose();
            throw;
        }
    }

    /// <summary>Sends a request.</summary>
    /// <returns>The status, then the lines of <see cref="JsonShape"/>.</returns>
    public async Task<IReadOnlyList<string>> PlayAsync(ApiCall call)
    {
        string path = _names.Aggregate(call.Path, (text, name) => text.Replace($"{{{name.Key}}}", Uri.EscapeDataString(name.Value), StringComparison.Ordinal));
        using var request = new HttpRequestMessage(new HttpMethod(call.Method), AddressOf(path));
        request.Content = call.Body is null ? null : new StringContent(call.Body, Encoding.UTF8, call.IsForm ? "application/x-www-form-urlencoded" : "application/json");
        using HttpResponseMessage response = await _http.SendAsync(request);
        byte[] body = await response.Content.ReadAsByteArrayAsync();
        string status = string.Create(System.Globalization.CultureInfo.InvariantCulture, $"status {(int)response.StatusCode}");
        bool isJson = body.Length > 0 && response.Content.Headers.ContentType?.MediaType == "application/json";
        return isJson ? [status, .. JsonShape.Of(JsonSerializer.Deserialize<JsonElement>(body), _names["node"])] : [status];
    }

    /// <summary>Waits until the broker has noticed that the traffic is over: then what it samples is there.</summary>
    public async Task AwaitIdleAsync()
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        using var deadline = new CancellationTokenSource(TestDeadline.Value);
        while (!(await ReadAsync("/api/queues/%2F/" + Queue)).TryGetProperty("idle_since", out _))
        {
            await pause.WaitForNextTickAsync(deadline.Token);
        }
    }

    /// <summary>Waits until the broker tells of the traffic, which RabbitMQ does after some seconds.</summary>
    public async Task AwaitStatisticsAsync()
    {
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(200));
        using var deadline = new CancellationTokenSource(TestDeadline.Value);
        while (!(await ReadAsync("/api/channels"))[0].TryGetProperty("message_stats", out _)
            || !(await ReadAsync("/api/queues/%2F/" + Queue)).TryGetProperty("message_stats", out _)
            || !(await ReadAsync("/api/connections"))[0].TryGetProperty("state", out _))
        {
            await pause.WaitForNextTickAsync(deadline.Token);
        }
    }

    public void Dispose()
    {
        _client.Dispose();
        _http.Dispose();
    }

    private void MakeTraffic()
    {
        _client.OpenChannel(Channel);
        _client.SelectConfirms(Channel);
        _client.DeclareQueue(Channel, Queue);
        for (int i = 0; i < MessageCount; i++)
        {
            _client.Output.Publish(Channel, new WirePublish("", Queue), "body"u8, _client.FrameBytesMax);
        }

        _client.Flush();
        while (!_client.Get(Channel, Queue))
        {
            _client.Pump(TestDeadline.Milliseconds); // Until the first message has arrived.
        }

        _client.SetPrefetch(Channel, 1);
        _client.Consume(Channel, Queue, "consumer");
        _client.Ack(Channel, 1, isMultiple: false);
        _client.Flush();
        _client.DeclareQueue(Channel, Queue, isPassive: true); // What was sent before has been done.
    }

    private async Task LearnNamesAsync()
    {
        _names["node"] = (await ReadAsync("/api/overview")).GetProperty("node").GetString()!;
        using var pause = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        using var deadline = new CancellationTokenSource(TestDeadline.Value);
        JsonElement channels = await ReadAsync("/api/channels");
        while (channels.GetArrayLength() == 0 || !channels[0].TryGetProperty("name", out _))
        {
            await pause.WaitForNextTickAsync(deadline.Token);
            channels = await ReadAsync("/api/channels");
        }

        string channel = channels[0].GetProperty("name").GetString()!;
        _names["channel"] = channel;
        _names["connection"] = channel[..channel.LastIndexOf(" (", StringComparison.Ordinal)];
    }

    private async Task<JsonElement> ReadAsync(string path)
    {
        using HttpResponseMessage response = await _http.GetAsync(AddressOf(path));
        response.EnsureSuccessStatusCode();
        return JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsByteArrayAsync());
    }

    /// <summary>As it is written: <c>%2F</c> stays.</summary>
    private Uri AddressOf(string path) => new($"{_root.GetLeftPart(UriPartial.Authority)}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true });
}
