namespace Ropeway.CommandLine.Tests;

/// <summary>Takes a request and never answers.</summary>
internal sealed class SilentBroker : HttpMessageHandler
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes when the request is there.</summary>
    public Task Asked => _asked.Task;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var never = new TaskCompletionSource<HttpResponseMessage>(TaskCreationOptions.RunContinuationsAsynchronously);
        cancellationToken.Register(() => never.TrySetCanceled(cancellationToken));
        _asked.TrySetResult();
        return never.Task;
    }
}
