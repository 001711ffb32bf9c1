using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Ropeway.Management.Views;
using Ropeway.Messages;

namespace Ropeway.Management.OpenApi;

/// <summary>The schemas of answers, each type once under its name; made of what the serializer knows of the views. One thread at a time.</summary>
internal sealed class SchemaBook
{
    private const string Suffix = "View";

    private readonly SortedDictionary<string, JsonNode?> _schemas = new(StringComparer.Ordinal);

    /// <summary>The schema of a type: a reference to one of <see cref="ToJson"/>, or an array of such.</summary>
    public JsonNode Of(JsonTypeInfo type)
    {
        if (type.Kind == JsonTypeInfoKind.Enumerable)
        {
            return new JsonObject { ["type"] = "array", ["items"] = Of(type.Options.GetTypeInfo(type.ElementType!)) };
        }

        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return Export(type);
        }

        string name = type.Type.Name.EndsWith(Suffix, StringComparison.Ordinal) ? type.Type.Name[..^Suffix.Length] : type.Type.Name;
        if (_schemas.TryAdd(name, value: null)) // Before it is known: a view may hold others of its type.
        {
            _schemas[name] = Export(type);
        }

        return new JsonObject { ["$ref"] = $"#/components/schemas/{name}" };
    }

    /// <summary>All schemas that were asked for, by name.</summary>
    public JsonObject ToJson() => [.. _schemas];

    private JsonNode Export(JsonTypeInfo type) => JsonSchemaExporter.GetJsonSchemaAsNode(type, new JsonSchemaExporterOptions
    {
        TreatNullObliviousAsNonNullable = true,
        TransformSchemaNode = Transform,
    });

    private JsonNode Transform(JsonSchemaExporterContext context, JsonNode node)
    {
        JsonTypeInfo type = context.TypeInfo;
        if (SchemaOfConverted(type.Type) is { } converted)
        {
            return converted;
        }

        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return node;
        }

        if (context.Path.Length > 0)
        {
            JsonNode reference = Of(type);
            return context.PropertyInfo?.IsGetNullable == true
                ? new JsonObject { ["anyOf"] = new JsonArray(reference, new JsonObject { ["type"] = "null" }) }
                : reference;
        }

        if (type.Properties.Any(property => property.IsExtensionData))
        {
            node["additionalProperties"] = true; // What is measured goes by names that no type has.
        }

        node["required"] = new JsonArray([.. type.Properties.Where(property => IsAlwaysThere(type, property)).Select(property => (JsonNode)property.Name)]);
        return node;
    }

    /// <summary>Whether a field is in every answer. One without value is left out, unless null is written for it.</summary>
    private static bool IsAlwaysThere(JsonTypeInfo type, JsonPropertyInfo property) => property switch
    {
        { Get: null } or { IsExtensionData: true } => false,
        { IsGetNullable: false } => true,
        { ShouldSerialize: { } isWritten } => isWritten(type, null),
        _ => type.Options.DefaultIgnoreCondition == JsonIgnoreCondition.Never,
    };

    /// <summary>The exporter does not know what our converters write.</summary>
    private static JsonObject? SchemaOfConverted(Type type) => true switch
    {
        _ when type == typeof(FieldTable) => new JsonObject { ["type"] = "object" },
        _ when type == typeof(DateTimeOffset) => new JsonObject { ["type"] = "string", ["format"] = "date-time" },
        _ when type == typeof(DateTimeOffset?) => new JsonObject { ["type"] = new JsonArray("string", "null"), ["format"] = "date-time" },
        _ when type == typeof(EmptyIn) || type == typeof(EmptyIn?) => new JsonObject { ["type"] = new JsonArray("number", "string", "null") },
        _ => null,
    };
}
