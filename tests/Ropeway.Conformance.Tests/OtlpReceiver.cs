using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>A collector that keeps what it gets: OTLP over HTTP with protobuf. Texts stand in it as they are, which is all that tests look for.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = new();
    private readonly Task _serving;

    public OtlpReceiver()
    {
        Url = $"http://127.0.0.1:{BrokerProcess.FreePort()}";
        _listener.Prefixes.Add(Url + "/");
        _listener.Start();
        _serving = ServeAsync();
    }

    /// <summary>Where to send to.</summary>
    public string Url { get; }

    /// <summary>All that was sent to a path, one after the other.</summary>
    public byte[] Received(string path) => [.. _received.Where(one => one.Path == path).SelectMany(one => one.Body)];

    /// <summary>Whether a text was sent to a path.</summary>
    public bool Has(string path, string text) => Has(path, Encoding.UTF8.GetBytes(text));

    /// <summary>Whether some bytes were sent to a path.</summary>
    public bool Has(string path, byte[] bytes) => Received(path).AsSpan().IndexOf(bytes) >= 0;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _serving.WaitAsync(TestDeadline.Value);
        _listener.Close();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                using var body = new MemoryStream();
                await context.Request.InputStream.CopyToAsync(body);
                _received.Enqueue((context.Request.Url!.AbsolutePath, body.ToArray()));
                context.Response.ContentType = "application/x-protobuf";
                context.Response.Close();
            }
        }
        catch (Exception end) when (end is HttpListenerException or ObjectDisposedException)
        {
            // It was stopped.
        }
    }
}
