using Ropeway.Core;

namespace Ropeway.Management.Tests;

/// <summary>Stands for an open client connection and remembers why it was closed.</summary>
internal sealed class FakeConnection : IOpenConnection
{
    public string State => Reason is null ? "running" : "closing";

    public int ChannelCount => 3;

    public string? Reason { get; private set; }

    public void Close(string reason) => Reason ??= reason;
}
