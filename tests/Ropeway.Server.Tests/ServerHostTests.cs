using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using Microsoft.Extensions.Logging;
using Ropeway.Storage;

namespace Ropeway.Server.Tests;

public sealed class ServerHostTests : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(30);

    private readonly LineWriter _output = new();
    private readonly List<string> _steps = [];
    private readonly TaskCompletionSource<string> _stop = new();
    private CompositionContext? _context;

    public void Dispose() => _output.Dispose();

    [Fact]
    public async Task Run_UntilStopped_ServesAndEndsInOrder()
    {
        Task<int> run = RunAsync("amqp://127.0.0.1:0", "amqp://localhost:0");
        string ready = await _output.NextLineAsync();
        Assert.Matches(@"^ropeway ready amqp://127\.0\.0\.1:[1-9]\d*( amqp://\S+)+$", ready);
        using Socket client = Connect(ready);
        client.Send("hello"u8);
        Assert.Equal("hello", Read(client, 5));
        _stop.SetResult("SIGTERM");
        Assert.Equal("goodbye", Read(client, 7));
        client.Close();
        Assert.Equal(ExitCode.Clean, await run.WaitAsync(Deadline, TimeProvider.System));
        Assert.Equal(["closed Stopping", "drain", "dispose"], _steps);
    }

    [Fact]
    public async Task Run_WithHttp_ServesItAfterTheBrokersPortsAndEndsItFirst()
    {
        Task<int> run = RunAsync("http://127.0.0.1:0", "amqp://127.0.0.1:0");
        Assert.Matches(@"^ropeway ready http://127\.0\.0\.1:[1-9]\d* amqp://127\.0\.0\.1:[1-9]\d*$", await _output.NextLineAsync());
        _stop.SetResult("SIGTERM");
        Assert.Equal(ExitCode.Clean, await run.WaitAsync(Deadline, TimeProvider.System));
        Assert.Equal(["http 2", "http ends", "drain", "dispose"], _steps);
    }

    [Theory]
    [InlineData("amqp")]
    [InlineData("http")]
    public async Task Run_PortInUse_SaysWhichAndHowToChooseAnother(string scheme)
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        string url = $"{scheme}://{taken.LocalEndPoint}";
        StartupException fault = await Assert.ThrowsAsync<StartupException>(() => RunAsync(url));
        Assert.Equal(ExitCode.AddressInUse, fault.ExitCode);
        Assert.Contains(url, fault.Message, StringComparison.Ordinal);
        Assert.Contains($"--listen {scheme}://127.0.0.1:", fault.Message, StringComparison.Ordinal);
        Assert.Equal(["dispose"], _steps); // The store is closed cleanly.
    }

    [Fact]
    public async Task Run_TlsWithoutCertificate_SaysWhichOptionGivesIt()
    {
        StartupException fault = await Assert.ThrowsAsync<StartupException>(() => RunAsync("amqps://127.0.0.1:0"));
        Assert.Equal(ExitCode.Tls, fault.ExitCode);
        Assert.Contains("--tls-certificate", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_AddressOfAnotherMachine_SaysSo()
    {
        StartupException fault = await Assert.ThrowsAsync<StartupException>(() => RunAsync("amqp://192.0.2.1:5672"));
        Assert.Equal(ExitCode.AddressRefused, fault.ExitCode);
        Assert.Contains("amqp://192.0.2.1:5672", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_StoreFails_EndsWithItsOwnCode()
    {
        Task<int> run = RunAsync("amqp://127.0.0.1:0");
        using Socket client = Connect(await _output.NextLineAsync());
        _context!.OnStoreFailed(new IOException("fdatasync: Input/output error"));
        StartupException fault = await Assert.ThrowsAsync<StartupException>(() => run.WaitAsync(Deadline, TimeProvider.System));
        Assert.Equal(ExitCode.StoreFailed, fault.ExitCode);
        Assert.Contains("Input/output error", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_StoreFailsBeforeTheBrokerIsMade_EndsWithItsOwnCode()
    {
        var failure = new StoreFailedException(new IOException("fdatasync: Input/output error"));
        var host = new ServerHost(new ServerOptions { LogLevel = LogLevel.None }, _ => throw failure, TimeProvider.System, _output);
        StartupException fault = await Assert.ThrowsAsync<StartupException>(() => host.RunAsync(_stop.Task));
        Assert.Equal(ExitCode.StoreFailed, fault.ExitCode);
        Assert.Contains("Input/output error", fault.Message, StringComparison.Ordinal);
    }

    private static Socket Connect(string ready)
    {
        string address = ready.Split(' ')[2]["amqp://".Length..];
        var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = (int)Deadline.TotalMilliseconds };
        client.Connect(IPEndPoint.Parse(address));
        return client;
    }

    private static string Read(Socket client, int bytes)
    {
        byte[] buffer = new byte[bytes];
        int done = 0;
        while (done < bytes)
        {
            int received = client.Receive(buffer.AsSpan(done));
            Assert.True(received > 0, "The connection ended too early.");
            done += received;
        }

        return Encoding.UTF8.GetString(buffer);
    }

    private Task<int> RunAsync(params string[] urls)
    {
        var options = new ServerOptions { Listen = [.. urls.Select(ListenUrl.Parse)], LogLevel = LogLevel.None };
        var host = new ServerHost(
            options,
            context =>
            {
                _context = context;
                return new EchoBroker(_steps);
            },
            TimeProvider.System,
            _output);
        return host.RunAsync(_stop.Task);
    }
}
