using Ropeway.Core;
using Ropeway.Core.Limits;
using Ropeway.Core.Policies;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Topology;
using Ropeway.Management.Endpoints;
using Ropeway.Management.Views;
using Ropeway.Messages;

namespace Ropeway.Management.Definitions;

/// <summary>Writes definitions in RabbitMQ's export format. Exclusive queues, predeclared exchanges and what belongs to them are left out. Any thread.</summary>
internal static class DefinitionExport
{
    /// <summary>The one name that limits of a virtual host have as a parameter.</summary>
    public const string LimitsName = "limits";

    /// <summary>The definitions of some virtual hosts.</summary>
    /// <param name="broker">Where from.</param>
    /// <param name="hosts">The virtual hosts.</param>
    /// <param name="withUsers">Whether users and permissions are part of it.</param>
    public static DefinitionsView Of(Broker broker, IEnumerable<VirtualHost> hosts, bool withUsers)
    {
        VirtualHost[] all = [.. hosts];
        return new DefinitionsView(
            OverviewEndpoints.RabbitVersion,
            OverviewEndpoints.RabbitVersion,
            OverviewEndpoints.Product,
            Broker.Version,
            withUsers ? [.. broker.Users.All.Select(user => UserEndpoints.ViewOf(broker, user))] : [],
            [.. all.Select(ViewOf)],
            withUsers ? [.. broker.Permissions.All.Select(PermissionEndpoints.ViewOf)] : [],
            withUsers ? [.. broker.Permissions.Topics.All.Select(TopicPermissionEndpoints.ViewOf)] : [],
            [.. all.SelectMany(ParametersOf)],
            withUsers ? [.. GlobalParameterEndpoints.ViewsOf(broker)] : [],
            [.. all.SelectMany(host => PolicyEndpoints.ViewsOf(host, PolicyKind.User))],
            [.. all.SelectMany(host => host.ListQueues()).Where(IsExported).Select(ViewOf)],
            [.. all.SelectMany(host => host.ListExchanges().Where(IsExported).Select(exchange => ExchangeEndpoints.ViewOf(host, exchange)))],
            [.. all.SelectMany(host => host.ListBindings().Where(IsExported).Select(binding => ViewOf(host, binding)))]);
    }

    /// <summary>The operator policies and limits of a virtual host as parameters, which is how RabbitMQ keeps them.</summary>
    public static IEnumerable<ParameterView> ParametersOf(VirtualHost host)
    {
        foreach (PolicyView policy in PolicyEndpoints.ViewsOf(host, PolicyKind.Operator))
        {
            var value = new FieldTable { { "pattern", policy.Pattern }, { "apply-to", policy.ApplyTo }, { "definition", policy.Definition }, { "priority", policy.Priority } };
            yield return new ParameterView(DefinitionWriter.OperatorPolicy, host.Name, policy.Name, value);
        }

        if (host.Limits != VirtualHostLimits.None)
        {
            yield return new ParameterView(DefinitionWriter.HostLimits, host.Name, LimitsName, LimitEndpoints.TableOf(host.Limits.Named()));
        }
    }

    private static DefinedVirtualHostView ViewOf(VirtualHost host)
    {
        VirtualHostMetadataView metadata = VirtualHostEndpoints.MetadataOf(host);
        return new DefinedVirtualHostView(host.Name, metadata.Description, metadata.Tags, metadata.DefaultQueueType, metadata);
    }

    private static bool IsExported(Queue queue) => !queue.Settings.Exclusive;

    private static bool IsExported(Exchange exchange) => !exchange.IsDefault && !exchange.Name.StartsWith("amq.", StringComparison.Ordinal);

    private static bool IsExported(Binding binding) => binding.Destination is not Queue { Settings.Exclusive: true };


    private static DefinedQueueView ViewOf(Queue queue) =>
        new(queue.Name, queue.Host.Name, queue.Settings.Durable, queue.Settings.AutoDelete, queue.Settings.Arguments ?? []);

    private static DefinedBindingView ViewOf(VirtualHost host, Binding binding) => new(
        binding.Source.Name, host.Name, binding.Destination.Name, binding.Destination is Queue ? "queue" : "exchange", binding.RoutingKey, binding.Arguments ?? []);
}
