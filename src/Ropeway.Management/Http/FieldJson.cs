using System.Text;
using System.Text.Json;
using Ropeway.Messages;

namespace Ropeway.Management.Http;

/// <summary>Field tables as JSON, by RabbitMQ's rules: integers are 64-bit, other numbers doubles; bytes become text. Pure; any thread.</summary>
internal static class FieldJson
{
    /// <summary>Reads an object.</summary>
    /// <exception cref="ApiException">A name is too long, or tables and arrays are nested deeper than AMQP takes them.</exception>
    public static FieldTable ReadTable(JsonElement element) => ReadTable(element, depth: 1);

    /// <summary>Writes an object.</summary>
    public static void Write(Utf8JsonWriter writer, FieldTable table)
    {
        writer.WriteStartObject();
        foreach ((string name, object? value) in table)
        {
            writer.WritePropertyName(name);
            WriteValue(writer, value);
        }

        writer.WriteEndObject();
    }

    private static FieldTable ReadTable(JsonElement element, int depth)
    {
        CheckDepth(depth);
        var table = new FieldTable();
        foreach (JsonProperty property in element.EnumerateObject())
        {
            try
            {
                table[property.Name] = ReadValue(property.Value, depth + 1);
            }
            catch (ArgumentException fault)
            {
                ApiException.ThrowBadRequest(fault.Message);
            }
        }

        return table;
    }

    private static object? ReadValue(JsonElement element, int depth) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => element.TryGetInt64(out long number) ? number : (object)element.GetDouble(),
        JsonValueKind.Object => ReadTable(element, depth),
        JsonValueKind.Array => ReadArray(element, depth),
        _ => null,
    };

    private static FieldArray ReadArray(JsonElement element, int depth)
    {
        CheckDepth(depth);
        return new FieldArray(element.EnumerateArray().Select(item => ReadValue(item, depth + 1)));
    }

    private static void CheckDepth(int depth)
    {
        if (depth > FieldTableCodec.NestingMax)
        {
            ApiException.ThrowBadRequest($"tables and arrays are nested deeper than {FieldTableCodec.NestingMax}");
        }
    }

    /// <summary>Writes any value of a table.</summary>
    public static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case byte[] bytes:
                writer.WriteStringValue(Encoding.UTF8.GetString(bytes));
                break;
            case FieldTable table:
                Write(writer, table);
                break;
            case FieldArray array:
                writer.WriteStartArray();
                foreach (object? item in array)
                {
                    WriteValue(writer, item);
                }

                writer.WriteEndArray();
                break;
            default:
                WriteNumber(writer, value);
                break;
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, object value)
    {
        switch (value)
        {
            case FieldTimestamp time:
                writer.WriteNumberValue(time.Seconds);
                break;
            case FieldDecimal number:
                writer.WriteNumberValue(number.Unscaled * Math.Pow(10, -number.Scale));
                break;
            case float or double when !double.IsFinite(Convert.ToDouble(value)):
                writer.WriteNullValue(); // JSON has no word for it.
                break;
            case float or double:
                writer.WriteNumberValue(Convert.ToDouble(value));
                break;
            default:
                writer.WriteNumberValue(Convert.ToInt64(value));
                break;
        }
    }
}
