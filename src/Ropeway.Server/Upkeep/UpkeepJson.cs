using System.Text.Json.Serialization;

namespace Ropeway.Server.Upkeep;

/// <summary>The upkeep commands' output for programs.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DirectoryView))]
[JsonSerializable(typeof(RepairView))]
[JsonSerializable(typeof(RestoreView))]
internal sealed partial class UpkeepJson : JsonSerializerContext;
