using System.Text.Json.Serialization.Metadata;
using Ropeway.Core;
using Ropeway.Core.Topology;
using Ropeway.Management.Views;

namespace Ropeway.Management.Definitions;

/// <summary>Reads what is defined, as an export would have it. Any thread.</summary>
internal static class DefinedEntries
{
    /// <summary>All definitions that an import could name.</summary>
    /// <param name="broker">Where from.</param>
    /// <param name="onlyHost">Null for all; else what is in this virtual host, which may be gone.</param>
    public static Dictionary<DefinitionKey, DefinedEntry> Of(Broker broker, string? onlyHost)
    {
        IEnumerable<VirtualHost> hosts = broker.VirtualHosts.All.Where(host => onlyHost is null || host.Name == onlyHost);
        DefinitionsView all = DefinitionExport.Of(broker, hosts, withUsers: onlyHost is null);
        IEnumerable<DefinedEntry> entries =
        [
            .. Read(all.Users, ViewJson.Default.UserView, user => new DefinitionKey("users", Vhost: null, user.Name)),
            .. Read(onlyHost is null ? all.Vhosts : [], ViewJson.Default.DefinedVirtualHostView, host => new DefinitionKey("vhosts", Vhost: null, host.Name)),
            .. Read(all.Permissions, ViewJson.Default.PermissionView, grant => new DefinitionKey("permissions", grant.Vhost, grant.User)),
            .. Read(all.TopicPermissions, ViewJson.Default.TopicPermissionView, grant => new DefinitionKey("topic_permissions", grant.Vhost, grant.User) { Part = grant.Exchange }),
            .. Read(
                all.GlobalParameters.Where(parameter => broker.Definitions.GlobalParameters.TryGet(parameter.Name, out _)), // An export tells the cluster's name when nobody has set it, too.
                ViewJson.Default.GlobalParameterView,
                parameter => new DefinitionKey("global_parameters", Vhost: null, parameter.Name)),
            .. Read(all.Parameters, ViewJson.Default.ParameterView, parameter => new DefinitionKey("parameters", parameter.Vhost, parameter.Name) { Part = parameter.Component }),
            .. Read(all.Policies, ViewJson.Default.PolicyView, policy => new DefinitionKey("policies", policy.Vhost, policy.Name)),
            .. Read(all.Exchanges, ViewJson.Default.ExchangeView, exchange => new DefinitionKey("exchanges", exchange.Vhost, exchange.Name)),
            .. Read(all.Queues, ViewJson.Default.DefinedQueueView, queue => new DefinitionKey("queues", queue.Vhost, queue.Name)),
            .. Read(
                all.Bindings,
                ViewJson.Default.DefinedBindingView,
                binding => DefinitionKey.OfBinding(binding.Vhost, binding.Source, binding.DestinationType == "queue", binding.Destination, binding.RoutingKey, binding.Arguments)),
        ];
        return entries.DistinctBy(entry => entry.Key).ToDictionary(entry => entry.Key); // Bindings whose arguments differ in types that JSON does not show look the same: one stands for them.
    }

    private static IEnumerable<DefinedEntry> Read<T>(IEnumerable<T> views, JsonTypeInfo<T> type, Func<T, DefinitionKey> keyOf)
        where T : notnull => views.Select(view => new DefinedEntry(keyOf(view), view, type));
}
