using System.Text.Json;
using System.Text.Json.Serialization;

namespace Ropeway.Management.Views;

/// <summary>How what pages follow becomes JSON: what is null is there, because it may have been something else before. Generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower,
    GenerationMode = JsonSourceGenerationMode.Metadata)]
[JsonSerializable(typeof(LiveOverviewView))]
[JsonSerializable(typeof(QueueRowView))]
[JsonSerializable(typeof(QueueListView))]
[JsonSerializable(typeof(JsonElement))]
internal sealed partial class LiveJson : JsonSerializerContext;
