using System.Text.Json;
using System.Text.Json.Serialization;
using Ropeway.Management.Views;

namespace Ropeway.Management.Http;

/// <summary>Writes an <see cref="EmptyIn"/>; it is never read.</summary>
internal sealed class EmptyInConverter : JsonConverter<EmptyIn>
{
    /// <inheritdoc/>
    public override EmptyIn Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(Utf8JsonWriter writer, EmptyIn value, JsonSerializerOptions options)
    {
        if (value.Seconds is { } seconds)
        {
            writer.WriteNumberValue(seconds);
        }
        else
        {
            writer.WriteStringValue("growing");
        }
    }
}
