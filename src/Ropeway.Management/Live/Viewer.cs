using Ropeway.Core;
using Ropeway.Core.Topology;
using Ropeway.Security;

namespace Ropeway.Management.Live;

/// <summary>What a user may see at this moment: monitoring sees everything, others the virtual hosts that they may enter. Any thread.</summary>
internal sealed class Viewer(Broker broker, User user)
{
    /// <summary>The user.</summary>
    public User User => user;

    /// <summary>Whether the user sees what others do, and the node.</summary>
    public bool IsMonitor { get; } = user.HasTag(UserTags.Administrator) || user.HasTag(UserTags.Monitoring);

    /// <summary>The virtual hosts that the user sees, by name.</summary>
    public IEnumerable<VirtualHost> Hosts => broker.VirtualHosts.All.Where(host => Sees(host.Name)).OrderBy(host => host.Name, StringComparer.Ordinal);

    /// <summary>The connections that the user sees.</summary>
    public IEnumerable<ConnectionEntry> Connections => broker.Connections.Entries.Where(entry => IsMonitor || entry.User == user.Name);

    /// <summary>Whether the user sees what is in a virtual host.</summary>
    public bool Sees(string host) => IsMonitor || broker.Permissions.CanEnter(user, host);
}
