using System.Buffers;
using System.Text.Json;
using Ropeway.Management.Http;
using Ropeway.Management.Views;
using Ropeway.Messages;

namespace Ropeway.Management.Messages;

/// <summary>The headers of a message one by one, with their types. Pure; any thread.</summary>
internal static class HeaderList
{
    private const long ExactMax = 1L << 53; // JavaScript's numbers are exact up to here.

    /// <summary>All headers, in their order.</summary>
    public static IEnumerable<HeaderView> Of(FieldTable headers) => headers.Select(field => new HeaderView(field.Key, TypeOf(field.Value), ValueOf(field.Value)));

    /// <summary>What <c>x-death</c> tells: each queue that the message died in, the last one first.</summary>
    public static IEnumerable<FieldTable> DeathsOf(FieldTable headers) =>
        headers.TryGet("x-death", out object? deaths) && deaths is FieldArray list ? list.OfType<FieldTable>() : [];

    private static string TypeOf(object? value) => value switch
    {
        null => "void",
        bool => "boolean",
        string => "text",
        byte[] => "bytes",
        FieldTable => "table",
        FieldArray => "list",
        FieldTimestamp => "timestamp",
        FieldDecimal => "decimal",
        float => "float",
        double => "double",
        sbyte => "int8",
        byte => "uint8",
        short => "int16",
        ushort => "uint16",
        int => "int32",
        uint => "uint32",
        _ => "int64",
    };

    private static JsonElement ValueOf(object? value)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes))
        {
            switch (value)
            {
                case byte[] raw:
                    writer.WriteBase64StringValue(raw);
                    break;
                case long and (> ExactMax or < -ExactMax):
                    writer.WriteStringValue(value.ToString());
                    break;
                default:
                    FieldJson.WriteValue(writer, value);
                    break;
            }
        }

        return JsonElement.Parse(bytes.WrittenSpan);
    }
}
