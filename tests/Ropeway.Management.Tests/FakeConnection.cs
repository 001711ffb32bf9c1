using Ropeway.Core;

namespace Ropeway.Management.Tests;

/// <summary>Stands for an open client connection with one channel and remembers why it was closed.</summary>
internal sealed class FakeConnection : IOpenConnection
{
    public string State => Reason is not null ? "closing" : BlockedReason is not null ? "blocked" : "running";

    public string? BlockedReason { get; set; }

    public long BackloggedBytes { get; set; }

    public long DeliveredCount { get; set; }

    public ConnectionTraffic Traffic { get; set; }

    public int ChannelCount => 3;

    public List<OpenConsumer> Consumers { get; } = [];

    public string? Reason { get; private set; }

    public IReadOnlyList<OpenChannel> ListChannels() =>
    [
        new OpenChannel(5, "running", IsConfirming: true, IsTransactional: false, ConsumerPrefetch: 7, SharedPrefetch: 0, UnackedCount: 2, [.. Consumers])
        {
            DeliveredCount = DeliveredCount,
            UnconfirmedCount = 11,
            UncommittedCount = 12,
            UncommittedAckCount = 13,
        },
    ];

    public void Close(string reason) => Reason ??= reason;
}
