using System.Net;

namespace Ropeway.CommandLine.Tests;

/// <summary>A broker that begins an answer and then says nothing more.</summary>
internal sealed class SilentStream : HttpMessageHandler
{
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Somebody waits for the answer's body.</summary>
    public Task Read => _read.Task;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken) =>
        Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new NothingYet(_read)) });

    private sealed class NothingYet(TaskCompletionSource read) : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            read.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, cancellationToken);
            return 0;
        }
    }
}
