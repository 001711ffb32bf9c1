using System.Text.Json;
using System.Text.Json.Serialization;
using Ropeway.Messages;

namespace Ropeway.Management.Http;

/// <summary>Lets views hold field tables.</summary>
internal sealed class FieldTableConverter : JsonConverter<FieldTable>
{
    /// <inheritdoc/>
    public override FieldTable Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        return FieldJson.ReadTable(document.RootElement);
    }

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, FieldTable value, JsonSerializerOptions options) => FieldJson.Write(writer, value);
}
