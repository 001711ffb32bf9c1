using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;
using Ropeway.CommandLine.Settings;

namespace Ropeway.CommandLine.Http;

/// <summary>
/// Asks one broker over its HTTP API. Requests that change something are only shown when this is a dry run. One caller at a time.
/// </summary>
internal sealed class BrokerClient : IDisposable
{
    private const string Json = "application/json";

    /// <summary>A queue may be called "..", which an address would lead one level up, escaped or not.</summary>
    private static readonly UriCreationOptions AsWritten = new() { DangerousDisablePathAndQueryCanonicalization = true };

    private readonly HttpClient _http;
    private readonly ClientSettings _settings;
    private readonly TimeProvider _time;

    /// <summary>Makes a client; nothing is sent yet.</summary>
    public BrokerClient(ClientSettings settings, string password, HttpMessageHandler handler, TimeProvider time)
    {
        _settings = settings;
        _time = time;
        _http = new HttpClient(handler) { BaseAddress = settings.Url, Timeout = Timeout.InfiniteTimeSpan };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{settings.User}:{password}")));
    }

    /// <summary>Told of each request before it is sent; null tells nobody.</summary>
    public Action<string>? OnRequest { get; init; }

    /// <summary>Told of requests that would change something, which are then not sent; null sends them.</summary>
    public Action<string>? OnDryRun { get; init; }

    /// <summary>Reads a document.</summary>
    /// <param name="path">Path and query, without a slash at the beginning.</param>
    /// <param name="aborted">Ends the wait.</param>
    /// <exception cref="ApiFault">The broker answered with an error.</exception>
    /// <exception cref="ClientException">The broker cannot be reached, or did not answer in time.</exception>
    public async Task<JsonElement> GetAsync(string path, CancellationToken aborted) =>
        Parse(await SendAsync(HttpMethod.Get, path, body: null, aborted).ConfigureAwait(false));

    /// <summary>Reads a document whose status is an answer too, such as a check's.</summary>
    /// <returns>The HTTP status and the document; the document is undefined when there is none.</returns>
    public async Task<(int Status, JsonElement Document)> CheckAsync(string path, CancellationToken aborted)
    {
        using HttpResponseMessage response = await ExchangeAsync(HttpMethod.Get, path, body: null, aborted).ConfigureAwait(false);
        byte[] answer = await BodyAsync(response, aborted).ConfigureAwait(false);
        return response.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden
            ? throw new ApiFault((int)response.StatusCode, ReasonOf(response, answer))
            : ((int)response.StatusCode, Parse(answer));
    }

    /// <summary>Sends a change.</summary>
    /// <returns>The answer's document; undefined when it has none, or in a dry run.</returns>
    /// <inheritdoc cref="GetAsync"/>
    public async Task<JsonElement> ChangeAsync(HttpMethod method, string path, byte[]? body, CancellationToken aborted, bool isHarmless = false)
    {
        if (OnDryRun is not null && !isHarmless)
        {
            OnDryRun($"{method} /{path}{(body is null ? string.Empty : " " + Encoding.UTF8.GetString(body))}");
            return default;
        }

        return Parse(await SendAsync(method, path, body, aborted).ConfigureAwait(false));
    }

    /// <summary>Closes a connection.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="reason">What the client is told, or null.</param>
    /// <param name="aborted">Ends the wait.</param>
    /// <inheritdoc cref="GetAsync"/>
    public Task CloseConnectionAsync(string name, string? reason, CancellationToken aborted)
    {
        _http.DefaultRequestHeaders.Remove("X-Reason");
        if (reason is not null)
        {
            _http.DefaultRequestHeaders.TryAddWithoutValidation("X-Reason", reason);
        }

        return ChangeAsync(HttpMethod.Delete, ApiPath.Of("connections", name), body: null, aborted);
    }

    /// <summary>Reads a stream of bytes; it is not bounded by the time-out once it has begun.</summary>
    /// <param name="path">Path and query, without a slash at the beginning.</param>
    /// <param name="accept">Which kind of content.</param>
    /// <param name="aborted">Ends the wait.</param>
    /// <param name="timeout">How long it may take to begin; null for what holds for all requests.</param>
    /// <inheritdoc cref="GetAsync"/>
    public async Task<Stream> OpenAsync(string path, string accept, CancellationToken aborted, TimeSpan? timeout = null)
    {
        HttpResponseMessage response = await ExchangeAsync(HttpMethod.Get, path, body: null, aborted, accept, timeout).ConfigureAwait(false);
        return response.IsSuccessStatusCode
            ? await response.Content.ReadAsStreamAsync(aborted).ConfigureAwait(false)
            : throw new ApiFault((int)response.StatusCode, ReasonOf(response, await BodyAsync(response, aborted).ConfigureAwait(false)));
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static JsonElement Parse(byte[] answer)
    {
        if (answer.Length == 0)
        {
            return default;
        }

        try
        {
            return JsonElement.Parse(answer);
        }
        catch (JsonException fault)
        {
            throw new ClientException(ClientExitCode.Failed, $"what answered is no broker of this kind: its answer is no JSON ({fault.Message})", "--url names the broker's HTTP address, not its AMQP port", fault);
        }
    }

    private static string ReasonOf(HttpResponseMessage response, byte[] answer)
    {
        try
        {
            var error = JsonElement.Parse(answer);
            if (error.ValueKind == JsonValueKind.Object && error.TryGetProperty("reason", out JsonElement reason) && reason.ValueKind == JsonValueKind.String)
            {
                return reason.GetString()!;
            }
        }
        catch (JsonException)
        {
            // Something between us and the broker answered; its status is all there is to tell.
        }

        return $"the broker answers {(int)response.StatusCode} {response.ReasonPhrase}";
    }

    private async Task<byte[]> SendAsync(HttpMethod method, string path, byte[]? body, CancellationToken aborted)
    {
        using HttpResponseMessage response = await ExchangeAsync(method, path, body, aborted).ConfigureAwait(false);
        byte[] answer = await BodyAsync(response, aborted).ConfigureAwait(false);
        return response.IsSuccessStatusCode ? answer : throw new ApiFault((int)response.StatusCode, ReasonOf(response, answer));
    }

    private async Task<byte[]> BodyAsync(HttpResponseMessage response, CancellationToken aborted)
    {
        using var deadline = new CancellationTokenSource(_settings.Timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, aborted);
        try
        {
            return await response.Content.ReadAsByteArrayAsync(either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            throw TimedOut(_settings.Timeout);
        }
        catch (Exception fault) when (fault is HttpRequestException or IOException)
        {
            throw new ClientException(ClientExitCode.Unreachable, $"{_settings.Url.Authority} ended in the middle of its answer: {fault.Message}", next: null, fault);
        }
    }

    private async Task<HttpResponseMessage> ExchangeAsync(HttpMethod method, string path, byte[]? body, CancellationToken aborted, string accept = Json, TimeSpan? timeout = null)
    {
        OnRequest?.Invoke($"{method} {_settings.Url}{path}");
        using var request = new HttpRequestMessage(method, new Uri($"{_settings.Url.AbsoluteUri}{path}", AsWritten));
        request.Headers.Accept.ParseAdd(accept);
        if (body is not null)
        {
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(Json) } };
        }

        TimeSpan patience = timeout ?? _settings.Timeout;
        using var deadline = new CancellationTokenSource(patience, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, aborted);
        try
        {
            return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!aborted.IsCancellationRequested)
        {
            throw TimedOut(patience);
        }
        catch (HttpRequestException fault)
        {
            throw Unreachable(fault);
        }
    }

    private ClientException TimedOut(TimeSpan timeout) =>
        new(ClientExitCode.Unreachable, $"{_settings.Url.Authority} did not answer within {timeout.TotalSeconds:0.###} s", "--timeout waits longer");

    private ClientException Unreachable(HttpRequestException fault)
    {
        string address = _settings.Url.Authority;
        return fault.InnerException switch
        {
            SocketException { SocketErrorCode: SocketError.ConnectionRefused } =>
                new(ClientExitCode.Unreachable, $"nothing listens on {address} (connection refused).", "Is the broker running?  ropeway serve", fault),
            SocketException { SocketErrorCode: SocketError.HostNotFound or SocketError.TryAgain or SocketError.NoData } =>
                new(ClientExitCode.Unreachable, $"there is no host \"{_settings.Url.Host}\".", "--url or --context names another address", fault),
            AuthenticationException tls =>
                new(ClientExitCode.Unreachable, $"no trusted TLS connection to {address}: {tls.Message}", next: null, fault),
            _ => new(ClientExitCode.Unreachable, $"cannot reach {address}: {fault.Message}", next: null, fault),
        };
    }
}
