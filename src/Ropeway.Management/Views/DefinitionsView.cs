namespace Ropeway.Management.Views;

/// <summary>An export of definitions, in the form that RabbitMQ imports as well.</summary>
internal sealed record DefinitionsView(
    string RabbitVersion,
    string RabbitmqVersion,
    string ProductName,
    string ProductVersion,
    IReadOnlyList<UserView> Users,
    IReadOnlyList<DefinedVirtualHostView> Vhosts,
    IReadOnlyList<PermissionView> Permissions,
    IReadOnlyList<TopicPermissionView> TopicPermissions,
    IReadOnlyList<ParameterView> Parameters,
    IReadOnlyList<GlobalParameterView> GlobalParameters,
    IReadOnlyList<PolicyView> Policies,
    IReadOnlyList<DefinedQueueView> Queues,
    IReadOnlyList<ExchangeView> Exchanges,
    IReadOnlyList<DefinedBindingView> Bindings);
