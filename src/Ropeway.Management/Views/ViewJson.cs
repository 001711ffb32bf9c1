using System.Text.Json.Serialization;
using Ropeway.Management.Http;

namespace Ropeway.Management.Views;

/// <summary>How views become JSON: names as RabbitMQ has them, nothing that is null. Generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(FieldTableConverter)],
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(ErrorView))]
[JsonSerializable(typeof(WhoAmIView))]
[JsonSerializable(typeof(NameView))]
[JsonSerializable(typeof(StatusView))]
[JsonSerializable(typeof(StorageView))]
[JsonSerializable(typeof(UserView))]
[JsonSerializable(typeof(VirtualHostView))]
[JsonSerializable(typeof(PermissionView))]
[JsonSerializable(typeof(QueueView))]
[JsonSerializable(typeof(ExchangeView))]
[JsonSerializable(typeof(BindingView))]
[JsonSerializable(typeof(ConnectionView))]
[JsonSerializable(typeof(ChannelView))]
[JsonSerializable(typeof(ConsumerView))]
[JsonSerializable(typeof(RoutedView))]
[JsonSerializable(typeof(RewoundView))]
[JsonSerializable(typeof(OverviewView))]
[JsonSerializable(typeof(NodeView))]
[JsonSerializable(typeof(ParameterView))]
[JsonSerializable(typeof(QueueBriefView))]
[JsonSerializable(typeof(IEnumerable<QueueBriefView>))]
[JsonSerializable(typeof(LoginSettingsView))]
[JsonSerializable(typeof(IEnumerable<ExtensionView>))]
[JsonSerializable(typeof(IEnumerable<FeatureFlagView>))]
[JsonSerializable(typeof(ProtocolStatusView))]
[JsonSerializable(typeof(GlobalParameterView))]
[JsonSerializable(typeof(IEnumerable<GlobalParameterView>))]
[JsonSerializable(typeof(DefinitionsView))]
[JsonSerializable(typeof(IEnumerable<UserView>))]
[JsonSerializable(typeof(IEnumerable<VirtualHostView>))]
[JsonSerializable(typeof(IEnumerable<PermissionView>))]
[JsonSerializable(typeof(PolicyView))]
[JsonSerializable(typeof(IEnumerable<PolicyView>))]
[JsonSerializable(typeof(IEnumerable<TopicPermissionView>))]
[JsonSerializable(typeof(IEnumerable<VirtualHostLimitsView>))]
[JsonSerializable(typeof(IEnumerable<UserLimitsView>))]
[JsonSerializable(typeof(IEnumerable<QueueView>))]
[JsonSerializable(typeof(IEnumerable<ExchangeView>))]
[JsonSerializable(typeof(IEnumerable<BindingView>))]
[JsonSerializable(typeof(IEnumerable<ConnectionView>))]
[JsonSerializable(typeof(IEnumerable<ParameterView>))]
[JsonSerializable(typeof(IEnumerable<ChannelView>))]
[JsonSerializable(typeof(IEnumerable<MessageView>))]
[JsonSerializable(typeof(IEnumerable<ConsumerView>))]
[JsonSerializable(typeof(IEnumerable<NodeView>))]
[JsonSerializable(typeof(IEnumerable<ListenerView>))]
internal sealed partial class ViewJson : JsonSerializerContext;
