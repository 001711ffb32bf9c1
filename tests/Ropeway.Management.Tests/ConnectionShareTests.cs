using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;
using Ropeway.Management.Http;

namespace Ropeway.Management.Tests;

/// <summary>How many of the HTTP connections one peer may hold.</summary>
public sealed class ConnectionShareTests
{
    private readonly List<TaskCompletionSource> _served = [];
    private readonly ConnectionDelegate _serve;

    public ConnectionShareTests() => _serve = new ConnectionShares(countMax: 4, NullLogger.Instance).Bound(_ =>
    {
        var end = new TaskCompletionSource();
        _served.Add(end);
        return end.Task;
    });

    [Theory]
    [InlineData("10.0.0.1", "10.0.0.1", false)]
    [InlineData("10.0.0.1", "::ffff:10.0.0.1", false)]
    [InlineData("2001:db8::1", "2001:db8::ffff:1", false)]
    [InlineData("10.0.0.1", "10.0.0.2", true)]
    [InlineData("2001:db8::1", "2001:db8:0:1::1", true)]
    public void Peer_WithHalfOfTheConnections_GetsNoFurtherOne(string first, string next, bool isServed)
    {
        Task one = OpenAsync(first);
        Task other = OpenAsync(first);

        Task third = OpenAsync(next);

        Assert.Equal((false, false, !isServed), (one.IsCompleted, other.IsCompleted, third.IsCompleted));
        Assert.Equal(isServed ? 3 : 2, _served.Count);
    }

    [Fact]
    public async Task Peer_WhoseConnectionHasEnded_GetsAnother()
    {
        Task one = OpenAsync("10.0.0.1");
        _ = OpenAsync("10.0.0.1");
        _served[0].SetException(new ConnectionResetException("gone"));
        await Assert.ThrowsAsync<ConnectionResetException>(() => one);

        Assert.False(OpenAsync("10.0.0.1").IsCompleted);
        Assert.True(OpenAsync("10.0.0.1").IsCompleted);
    }

    private Task OpenAsync(string address) => _serve(new DefaultConnectionContext { RemoteEndPoint = new IPEndPoint(IPAddress.Parse(address), 1) });
}
