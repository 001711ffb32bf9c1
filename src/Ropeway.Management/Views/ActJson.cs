using System.Text.Json.Serialization;
using Ropeway.Management.Http;

namespace Ropeway.Management.Views;

/// <summary>How the views of Ropeway's own endpoints become JSON: names with underscores, null where there is no value. Generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    Converters = [typeof(FieldTableConverter), typeof(TimeConverter)],
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(RouteExplanationView))]
[JsonSerializable(typeof(BrowsedPageView))]
[JsonSerializable(typeof(MessageContentView))]
[JsonSerializable(typeof(JobView))]
[JsonSerializable(typeof(IEnumerable<JobView>))]
[JsonSerializable(typeof(DeletedQueueView))]
[JsonSerializable(typeof(DelayedPageView))]
[JsonSerializable(typeof(StreamReadersView))]
[JsonSerializable(typeof(DefinitionDiffView))]
[JsonSerializable(typeof(IEnumerable<ImportView>))]
[JsonSerializable(typeof(UndoneImportView))]
[JsonSerializable(typeof(TracingView))]
[JsonSerializable(typeof(IEnumerable<TracedMessageView>))]
internal sealed partial class ActJson : JsonSerializerContext;
