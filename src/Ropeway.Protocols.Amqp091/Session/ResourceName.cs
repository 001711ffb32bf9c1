using System.Text;
using Ropeway.Core.Topology;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>Names of queues and exchanges in methods.</summary>
internal static class ResourceName
{
    /// <summary>The name as the broker keeps it. Permissions are checked for this one, not for what stood on the wire.</summary>
    public static string Read(ReadOnlySpan<byte> name) => NameRules.Clean(Encoding.UTF8.GetString(name));
}
