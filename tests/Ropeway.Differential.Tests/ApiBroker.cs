using Ropeway.TestKit;
using Ropeway.TestKit.Api;

namespace Ropeway.Differential.Tests;

/// <summary>What Ropeway answers to all requests of the script, in their order.</summary>
public sealed class ApiBroker : IAsyncLifetime, IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    /// <summary>Status and shape of each answer.</summary>
    public ApiRecording Ropeway { get; private set; } = new("Ropeway", new Dictionary<string, IReadOnlyList<string>>());

    public async Task InitializeAsync()
    {
        using BrokerProcess process = BrokerProcess.Start(new BrokerLaunch { DataDirectory = _directory.Path, ExtraArguments = ["--listen", "http://127.0.0.1:0"] });
        using ApiPlayer player = await ApiPlayer.StartAsync(process.Endpoint, new Uri(process.HttpUrl!));
        await player.AwaitIdleAsync();
        Ropeway = await ApiRecording.TakeAsync(ApiSuite.Calls, player, "Ropeway");
    }

    Task IAsyncLifetime.DisposeAsync() => Task.CompletedTask;

    public void Dispose() => _directory.Dispose();
}
