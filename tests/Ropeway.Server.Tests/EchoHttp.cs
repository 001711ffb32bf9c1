namespace Ropeway.Server.Tests;

/// <summary>Stands for the HTTP server: writes down when it is ended.</summary>
internal sealed class EchoHttp(List<string> steps) : IAsyncDisposable
{
    public ValueTask DisposeAsync()
    {
        steps.Add("http ends");
        return ValueTask.CompletedTask;
    }
}
