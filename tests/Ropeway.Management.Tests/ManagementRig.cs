using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Ropeway.Core;
using Ropeway.Core.Topology;
using Ropeway.Management.Live;
using Ropeway.Security;
using Ropeway.Storage;

namespace Ropeway.Management.Tests;

/// <summary>A broker on a store of its own with its HTTP server on a free port, and a client for it.</summary>
public class ManagementRig : IAsyncLifetime, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("ropeway-http-").FullName;
    private readonly Store _store;
    private readonly HttpClient _client = new(new SocketsHttpHandler { UseCookies = false }) { Timeout = Deadline.Value };
    private ManagementHost? _host;

    public ManagementRig()
        : this(TimeProvider.System)
    {
    }

    internal ManagementRig(TimeProvider time)
    {
        _store = Store.Open(new StoreOptions { Directory = _directory });
        using var password = new Secret("guest");
        Broker = new Broker(_store, new BrokerOptions { FirstStart = new FirstStart("/", "guest", password), NodeName = "ropeway@test", Time = time });
    }

    public Broker Broker { get; }

    public Store Store => _store;

    public string DataDirectory => _directory;

    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.Loopback, 0);

    internal LiveState Live => _host!.Live;

    public async Task InitializeAsync()
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(EndPoint);
        socket.Listen();
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        _host = await ManagementHost.StartAsync(Broker, [socket], Configure(new ManagementOptions { Listeners = [new ListeningAddress("http", EndPoint)] }));
    }

    async Task IAsyncLifetime.DisposeAsync() => await _host!.DisposeAsync();

    public void Dispose()
    {
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    protected virtual void Dispose(bool isDisposing)
    {
        _client.Dispose();
        Broker.Dispose();
        _store.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    /// <summary>Changes the settings of the server.</summary>
    protected virtual ManagementOptions Configure(ManagementOptions options) => options;

    /// <summary>Sends a request as it is.</summary>
    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, HttpCompletionOption completion = HttpCompletionOption.ResponseContentRead) => _client.SendAsync(request, completion);

    /// <summary>Sends a request whose path goes out as it is written.</summary>
    public Task<HttpResponseMessage> SendAsync(string method, string path, string? body = null, string? login = "guest:guest", (string Name, string Value)? header = null) =>
        SendAsync(method, path, body is null ? null : new StringContent(body, Encoding.UTF8, "application/json"), login, header);

    /// <summary>Sends a request with a body that need not be text.</summary>
    public async Task<HttpResponseMessage> SendAsync(string method, string path, HttpContent? body, string? login = "guest:guest", (string Name, string Value)? header = null)
    {
        using HttpRequestMessage request = NewRequest(method, path);
        if (login is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes(login)));
        }

        request.Content = body;
        if (header is var (name, value))
        {
            request.Headers.Add(name, value);
        }

        return await _client.SendAsync(request);
    }

    /// <summary>A request whose path goes out as it is written.</summary>
    public HttpRequestMessage NewRequest(string method, string path) =>
        new(new HttpMethod(method), new Uri($"http://{EndPoint}{path}", new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));

    /// <summary>The status that a request gets.</summary>
    public async Task<int> StatusAsync(string method, string path, string? body = null, string? login = "guest:guest")
    {
        using HttpResponseMessage response = await SendAsync(method, path, body, login);
        return (int)response.StatusCode;
    }

    /// <summary>The JSON that a request gets, whatever its status.</summary>
    public async Task<JsonElement> JsonAsync(string method, string path, string? body = null, string? login = "guest:guest")
    {
        using HttpResponseMessage response = await SendAsync(method, path, body, login);
        Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
    }

    /// <summary>Status, error and reason that a request is refused with.</summary>
    public async Task<(int Status, string Error, string Reason)> RefusalAsync(string method, string path, string? body = null, string? login = "guest:guest") =>
        await RefusalOfAsync(await SendAsync(method, path, body, login));

    /// <summary>As above, of a request with a body that need not be text.</summary>
    public async Task<(int Status, string Error, string Reason)> RefusalAsync(string method, string path, HttpContent body) => await RefusalOfAsync(await SendAsync(method, path, body));

    private static async Task<(int Status, string Error, string Reason)> RefusalOfAsync(HttpResponseMessage refusal)
    {
        using HttpResponseMessage response = refusal;
        JsonElement error = JsonSerializer.Deserialize<JsonElement>(await response.Content.ReadAsStringAsync());
        return ((int)response.StatusCode, error.GetProperty("error").GetString()!, error.GetProperty("reason").GetString()!);
    }

    /// <summary>Makes a user whose password is its name, with permissions in the default virtual host.</summary>
    public void AddUser(string name, string tag, string configure = ".*", string write = ".*", string read = ".*")
    {
        Broker.Users.Put(new StoredUser(new User(name, [tag]), PasswordHash.Create(Encoding.UTF8.GetBytes(name), iterations: 10)));
        Assert.True(Broker.Permissions.TrySet(new PermissionGrant(name, "/", configure, write, read), out _, out _));
    }
}
