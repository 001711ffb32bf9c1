using System.Diagnostics;
using Ropeway.Core;
using Ropeway.Core.Limits;
using Ropeway.Core.Policies;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Definitions;

/// <summary>Deletes one definition, for an import or for taking one back. What the user may do was checked before. Any thread.</summary>
internal static class DefinitionDeletion
{
    /// <summary>Deletes a definition. Nothing happens when it is not there.</summary>
    /// <param name="broker">Where.</param>
    /// <param name="entry">Which one.</param>
    /// <returns>The commit index to wait for; 0 for none.</returns>
    /// <exception cref="RefusedException">A queue has messages or consumers.</exception>
    /// <exception cref="ApiException">409: a virtual host has queues, which would go with it.</exception>
    public static ulong Delete(Broker broker, DefinedEntry entry)
    {
        DefinitionKey key = entry.Key;
        switch (key.Section)
        {
            case "users":
                return broker.DeleteUser(key.Name);
            case "vhosts":
                return broker.VirtualHosts.TryGet(key.Name, out VirtualHost? doomed) ? DeleteEmpty(broker, doomed) : 0;
            case "permissions":
                return broker.Permissions.Clear(key.Name, key.Vhost!);
            case "topic_permissions":
                return broker.Permissions.Topics.Clear(key.Name, key.Vhost!, key.Part);
            case "global_parameters":
                broker.Definitions.GlobalParameters.TryDelete(key.Name, out ulong index);
                return index;
            default:
                return broker.VirtualHosts.TryGet(key.Vhost!, out VirtualHost? host) ? Delete(host, entry) : 0;
        }
    }

    private static ulong DeleteEmpty(Broker broker, VirtualHost host) =>
        host.QueueCount == 0 ? broker.DeleteVirtualHost(host.Name) : throw ApiException.Conflict("there are queues in it by now");

    private static ulong Delete(VirtualHost host, DefinedEntry entry)
    {
        DefinitionKey key = entry.Key;
        ulong index = 0;
        switch (key.Section)
        {
            case "parameters" when key.Part == DefinitionWriter.HostLimits:
                return host.SetLimits(VirtualHostLimits.None);
            case "parameters":
                host.Policies.TryDelete(PolicyKind.Operator, key.Name, out index);
                return index;
            case "policies":
                host.Policies.TryDelete(PolicyKind.User, key.Name, out index);
                return index;
            case "exchanges":
                return host.DeleteExchange(key.Name, ifUnused: false);
            case "queues":
                return host.DeleteQueue(key.Name, owner: null, ifUnused: true, ifEmpty: true).CommitIndex;
            case "bindings":
                var binding = (DefinedBindingView)entry.View;
                return key.Destination!.Section == "queues"
                    ? host.UnbindQueue(key.Name, binding.Destination, binding.RoutingKey, binding.Arguments, owner: null)
                    : host.UnbindExchange(key.Name, binding.Destination, binding.RoutingKey, binding.Arguments);
            default:
                throw new UnreachableException();
        }
    }
}
