using Ropeway.Core.Topology;

namespace Ropeway.Core.Limits;

/// <summary>What a user may have open at once, over all virtual hosts. Null and negative: any number.</summary>
/// <param name="ConnectionsMax">Connections.</param>
/// <param name="ChannelsMax">Channels of all connections together.</param>
public sealed record UserLimits(long? ConnectionsMax = null, long? ChannelsMax = null)
{
    /// <summary>Name of the limit of connections.</summary>
    public const string ConnectionsName = "max-connections";

    /// <summary>Name of the limit of channels.</summary>
    public const string ChannelsName = "max-channels";

    /// <summary>No limits.</summary>
    public static UserLimits None { get; } = new();

    /// <summary>Whether there is a limit of this name.</summary>
    public static bool IsName(string name) => name is ConnectionsName or ChannelsName;

    /// <summary>The limits that are set, by name.</summary>
    public IEnumerable<(string Name, long Value)> Named()
    {
        if (ConnectionsMax is { } connections)
        {
            yield return (ConnectionsName, connections);
        }

        if (ChannelsMax is { } channels)
        {
            yield return (ChannelsName, channels);
        }
    }

    /// <summary>These limits with one changed.</summary>
    /// <param name="name">One of the names above.</param>
    /// <param name="value">The new limit; null to have none.</param>
    /// <exception cref="RefusedException">There is no limit of that name.</exception>
    public UserLimits With(string name, long? value)
    {
        switch (name)
        {
            case ConnectionsName:
                return this with { ConnectionsMax = value };
            case ChannelsName:
                return this with { ChannelsMax = value };
            default:
                RefusalTexts.ThrowUnknownLimit(name, value, "user-limits");
                return this;
        }
    }
}
