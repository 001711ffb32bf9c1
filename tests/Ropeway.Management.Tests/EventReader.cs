using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Ropeway.Management.Tests;

/// <summary>Reads server-sent events as a browser does.</summary>
internal sealed class EventReader : IDisposable
{
    private readonly HttpResponseMessage _response;
    private readonly StreamReader _text;

    private EventReader(HttpResponseMessage response, StreamReader text)
    {
        _response = response;
        _text = text;
    }

    public HttpResponseMessage Response => _response;

    /// <summary>The id of the event that was read last.</summary>
    public string LastId { get; private set; } = string.Empty;

    /// <summary>Opens a stream; fails unless it is answered with 200.</summary>
    public static async Task<EventReader> OpenAsync(ManagementRig rig, string path, string login = "guest:guest", params (string Name, string Value)[] headers)
    {
        HttpResponseMessage response = await RequestAsync(rig, path, login, headers);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        return new EventReader(response, new StreamReader(await response.Content.ReadAsStreamAsync()));
    }

    /// <summary>Asks for a stream.</summary>
    public static async Task<HttpResponseMessage> RequestAsync(ManagementRig rig, string path, string? login, params (string Name, string Value)[] headers)
    {
        using HttpRequestMessage request = rig.NewRequest("GET", path);
        if (login is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));
        }

        foreach ((string name, string value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return await rig.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
    }

    /// <summary>The next event with its data; <c>:</c> for a heartbeat, empty at the end.</summary>
    public async Task<(string Name, JsonElement Data)> NextAsync()
    {
        string name = string.Empty;
        JsonElement data = default;
        while (await _text.ReadLineAsync().WaitAsync(Deadline.Value) is { } line)
        {
            if (line.Length == 0 && name.Length > 0)
            {
                return (name, data);
            }

            if (line == ":")
            {
                name = ":";
            }
            else if (line.StartsWith("event: ", StringComparison.Ordinal))
            {
                name = line["event: ".Length..];
            }
            else if (line.StartsWith("data: ", StringComparison.Ordinal))
            {
                data = JsonSerializer.Deserialize<JsonElement>(line["data: ".Length..]);
            }
            else if (line.StartsWith("id: ", StringComparison.Ordinal))
            {
                LastId = line["id: ".Length..];
            }
        }

        return (string.Empty, default);
    }

    /// <summary>The topics of the next event of a name, whatever comes before it.</summary>
    public async Task<JsonElement> TopicsOfAsync(string wanted)
    {
        while (true)
        {
            (string name, JsonElement data) = await NextAsync();
            Assert.NotEqual(string.Empty, name);
            if (name == wanted)
            {
                return data.GetProperty("topics");
            }
        }
    }

    public void Dispose()
    {
        _text.Dispose();
        _response.Dispose();
    }
}
