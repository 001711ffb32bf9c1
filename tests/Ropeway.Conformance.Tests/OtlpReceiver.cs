using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>A collector that keeps what it gets: OTLP over HTTP with protobuf. Texts stand in it as they are, which is all that tests look for.</summary>
public sealed class OtlpReceiver : IAsyncDisposable
{
    private const int AttemptsMax = 10;

    private readonly HttpListener _listener;
    private readonly ConcurrentQueue<(string Path, byte[] Body)> _received = new();
    private readonly Task _serving;

    public OtlpReceiver()
    {
        (_listener, Url) = Listen();
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

    /// <summary>This kind of listener cannot choose a port itself, and one that was free a moment ago may be another process's now.</summary>
    private static (HttpListener Listener, string Url) Listen()
    {
        for (int attempt = 1; ; attempt++)
        {
            string url = $"http://127.0.0.1:{BrokerProcess.FreePort()}";
            var listener = new HttpListener();
            listener.Prefixes.Add(url + "/");
            try
            {
                listener.Start();
                return (listener, url);
            }
            catch (HttpListenerException) when (attempt < AttemptsMax)
            {
                listener.Close();
            }
        }
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
