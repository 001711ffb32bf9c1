using Ropeway.Core.Queues;
using Ropeway.Core.Queues.Browsing;

namespace Ropeway.Core;

/// <summary>An open client connection of any protocol, as management sees it. Any thread; members may be used after the connection's end.</summary>
public interface IOpenConnection
{
    /// <summary>What it does, in RabbitMQ's words: <c>running</c>, <c>blocked</c>, <c>closing</c>.</summary>
    string State { get; }

    /// <summary>Why it may not publish on; null when it may, or does not want to.</summary>
    string? BlockedReason { get; }

    /// <summary>Bytes that wait for the client to take them, while there are so many that it gets no more messages; else 0.</summary>
    long BackloggedBytes => 0;

    /// <summary>What has gone over it.</summary>
    ConnectionTraffic Traffic => default;

    /// <summary>Open channels or sessions at about this moment.</summary>
    int ChannelCount { get; }

    /// <summary>The channels or sessions at about this moment. Takes the connection's gate.</summary>
    IReadOnlyList<OpenChannel> ListChannels();

    /// <summary>Which messages of a queue its channels have and did not settle. Takes the connection's gate; the name of the connection is not filled in.</summary>
    IReadOnlyList<HeldMessages> ListHeld(Queue queue) => [];

    /// <summary>Tells the client in its protocol's way that an operator closes the connection, then closes it. Returns at once; further calls have no effect.</summary>
    /// <param name="reason">For the client to read.</param>
    void Close(string reason);
}
