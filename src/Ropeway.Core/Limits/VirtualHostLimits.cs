using Ropeway.Core.Topology;

namespace Ropeway.Core.Limits;

/// <summary>What a virtual host may have at once. Null and negative: any number.</summary>
/// <param name="ConnectionsMax">Open connections.</param>
/// <param name="QueuesMax">Queues of any kind.</param>
/// <param name="ReadyMessagesMax">Ready messages; publishers wait while there are as many.</param>
/// <param name="ReadyBytesMax">Bytes of their bodies; publishers wait while there are as many.</param>
public sealed record VirtualHostLimits(long? ConnectionsMax = null, long? QueuesMax = null, long? ReadyMessagesMax = null, long? ReadyBytesMax = null)
{
    /// <summary>Name of the limit of connections.</summary>
    public const string ConnectionsName = "max-connections";

    /// <summary>Name of the limit of queues.</summary>
    public const string QueuesName = "max-queues";

    /// <summary>Name of the limit of ready messages. Ours: RabbitMQ has none of the kind.</summary>
    public const string ReadyMessagesName = "max-ready-messages";

    /// <summary>Name of the limit of ready bytes; ours too.</summary>
    public const string ReadyBytesName = "max-ready-bytes";

    /// <summary>No limits.</summary>
    public static VirtualHostLimits None { get; } = new();

    /// <summary>Whether there is a limit of this name.</summary>
    public static bool IsName(string name) => name is ConnectionsName or QueuesName or ReadyMessagesName or ReadyBytesName;

    /// <summary>The limits that are set, by name.</summary>
    public IEnumerable<(string Name, long Value)> Named()
    {
        if (ConnectionsMax is { } connections)
        {
            yield return (ConnectionsName, connections);
        }

        if (QueuesMax is { } queues)
        {
            yield return (QueuesName, queues);
        }

        if (ReadyMessagesMax is { } readyMessages)
        {
            yield return (ReadyMessagesName, readyMessages);
        }

        if (ReadyBytesMax is { } readyBytes)
        {
            yield return (ReadyBytesName, readyBytes);
        }
    }

    /// <summary>These limits with one changed.</summary>
    /// <param name="name">One of the names above.</param>
    /// <param name="value">The new limit; null to have none.</param>
    /// <exception cref="RefusedException">There is no limit of that name.</exception>
    public VirtualHostLimits With(string name, long? value)
    {
        switch (name)
        {
            case ConnectionsName:
                return this with { ConnectionsMax = value };
            case QueuesName:
                return this with { QueuesMax = value };
            case ReadyMessagesName:
                return this with { ReadyMessagesMax = value };
            case ReadyBytesName:
                return this with { ReadyBytesMax = value };
            default:
                RefusalTexts.ThrowUnknownLimit(name, value, "limits");
                return this;
        }
    }
}
