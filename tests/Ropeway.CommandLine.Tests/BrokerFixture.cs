using System.Text;
using Ropeway.CommandLine.Amqp;
using Ropeway.CommandLine.Settings;
using Ropeway.Server;

namespace Ropeway.CommandLine.Tests;

/// <summary>One real broker in this process, on ports of its own, for all tests of a class. Each test works in a virtual host of its own.</summary>
public sealed class BrokerFixture : IAsyncLifetime, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _directory = Directory.CreateTempSubdirectory("ropeway-command-line-").FullName;
    private readonly TaskCompletionSource<string> _stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly ReadyLine _output = new();
    private Task<int>? _running;
    private AmqpAddress? _amqp;
    private int _hostCount;

    /// <summary>Address of the HTTP API.</summary>
    public string Url { get; private set; } = string.Empty;

    /// <summary>Address for AMQP.</summary>
    public string AmqpUrl => $"amqp://{_amqp}";

    public async Task InitializeAsync()
    {
        var options = new ServerOptions
        {
            DataDirectory = Path.Combine(_directory, "data"),
            Listen = [ListenUrl.Parse("amqp://127.0.0.1:0"), ListenUrl.Parse("http://127.0.0.1:0")],
            LogLevel = Microsoft.Extensions.Logging.LogLevel.Information,
        };
        var host = new ServerHost(options, Composition.Compose, TimeProvider.System, _output);
        _running = Task.Run(() => host.RunAsync(_stop.Task));
        string[] addresses = (await _output.Line.WaitAsync(Patience, TimeProvider.System)).Split(' ');
        Url = addresses.Single(word => word.StartsWith("http://", StringComparison.Ordinal));
        _amqp = AmqpAddress.Parse(addresses.Single(word => word.StartsWith("amqp://", StringComparison.Ordinal)));
    }

    public async Task DisposeAsync()
    {
        _stop.TrySetResult("the tests are over");
        await _running!.WaitAsync(Patience, TimeProvider.System);
        Directory.Delete(_directory, recursive: true);
    }

    public void Dispose() => _output.Dispose();

    /// <summary>A client that is connected.</summary>
    internal Task<AmqpLink> ConnectAsync() =>
        AmqpLink.OpenAsync(_amqp!, new ClientSettings(new Uri(Url), "guest", "guest", "/", Patience), "guest", "test", TimeProvider.System, CancellationToken.None);

    /// <summary>A shell that asks this broker, in a fresh virtual host.</summary>
    internal async Task<Shell> OpenAsync()
    {
        string host = $"test-{Interlocked.Increment(ref _hostCount)}";
        var shell = new Shell { Variables = { ["ROPEWAY_URL"] = Url, ["ROPEWAY_VHOST"] = host } };
        await shell.RunAsync($"vhost set {host}");
        return shell;
    }

    private sealed class ReadyLine : StringWriter
    {
        private readonly TaskCompletionSource<string> _line = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task<string> Line => _line.Task;

        public override Encoding Encoding => Encoding.UTF8;

        public override Task WriteLineAsync(string? value)
        {
            _line.TrySetResult(value ?? string.Empty);
            return Task.CompletedTask;
        }
    }
}
