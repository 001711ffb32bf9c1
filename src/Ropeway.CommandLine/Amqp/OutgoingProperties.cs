using System.Globalization;
using System.Text;
using System.Text.Json;
using Ropeway.CommandLine.Http;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.CommandLine.Amqp;

/// <summary>Properties and headers of a message, from what is typed. Pure.</summary>
internal static class OutgoingProperties
{
    private const byte TransientMode = 1;
    private const byte PersistentMode = 2;

    private static readonly Dictionary<string, Func<BasicPropertyValues, string, BasicPropertyValues>> Setters = new(StringComparer.Ordinal)
    {
        ["content_type"] = static (values, text) => values with { ContentType = text },
        ["content_encoding"] = static (values, text) => values with { ContentEncoding = text },
        ["delivery_mode"] = static (values, text) => values with { DeliveryMode = (byte)NumberOf(text, byte.MaxValue) },
        ["priority"] = static (values, text) => values with { Priority = (byte)NumberOf(text, byte.MaxValue) },
        ["correlation_id"] = static (values, text) => values with { CorrelationId = text },
        ["reply_to"] = static (values, text) => values with { ReplyTo = text },
        ["expiration"] = static (values, text) => values with { Expiration = text },
        ["message_id"] = static (values, text) => values with { MessageId = text },
        ["timestamp"] = static (values, text) => values with { Timestamp = new FieldTimestamp(NumberOf(text, long.MaxValue)) },
        ["type"] = static (values, text) => values with { Type = text },
        ["user_id"] = static (values, text) => values with { UserId = text },
        ["app_id"] = static (values, text) => values with { AppId = text },
    };

    /// <summary>Reads them.</summary>
    /// <param name="properties">Each as <c>name=value</c>; <c>-</c> in a name is the same as <c>_</c>.</param>
    /// <param name="headers">Each as <c>name=value</c>, or <c>name:=JSON</c>.</param>
    /// <param name="isTransient">Whether the message may be lost, when no delivery mode says otherwise.</param>
    /// <exception cref="ClientException">A property is unknown, or a value is none of its kind.</exception>
    public static BasicPropertyValues Read(IEnumerable<string> properties, IReadOnlyCollection<string> headers, bool isTransient)
    {
        var values = new BasicPropertyValues { DeliveryMode = isTransient ? TransientMode : PersistentMode, Headers = headers.Count > 0 ? HeadersOf(headers) : null };
        foreach (string property in properties)
        {
            int at = property.IndexOf('=', StringComparison.Ordinal);
            if (at < 1)
            {
                throw ClientException.Usage($"--property: bad value '{property}': name=value is expected");
            }

            if (!Setters.TryGetValue(property[..at].Replace('-', '_'), out Func<BasicPropertyValues, string, BasicPropertyValues>? set))
            {
                throw ClientException.Usage($"--property: there is no property '{property[..at]}'", $"There are {string.Join(", ", Setters.Keys)}");
            }

            string value = property[(at + 1)..];
            values = Encoding.UTF8.GetByteCount(value) <= byte.MaxValue ? set(values, value) : throw ClientException.Usage($"--property: {property[..at]} is longer than {byte.MaxValue} bytes");
        }

        return values;
    }

    private static ulong NumberOf(string text, ulong max) =>
        ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) && number <= max
            ? number
            : throw ClientException.Usage($"--property: bad value '{text}': a whole number up to {max} is expected");

    private static FieldTable HeadersOf(IEnumerable<string> headers) =>
        TableOf(JsonElement.Parse(JsonWriting.Object(writer => JsonWriting.WriteTable(writer, "headers", headers))).GetProperty("headers"));

    private static FieldTable TableOf(JsonElement element)
    {
        var table = new FieldTable();
        foreach (JsonProperty property in element.EnumerateObject())
        {
            table[Encoding.UTF8.GetByteCount(property.Name) <= byte.MaxValue ? property.Name : throw ClientException.Usage($"--set-header: a name is longer than {byte.MaxValue} bytes")] = FieldOf(property.Value);
        }

        return table;
    }

    private static object? FieldOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.String => element.GetString(),
        JsonValueKind.True => true,
        JsonValueKind.False => false,
        JsonValueKind.Number => element.TryGetInt64(out long number) ? number : (object)element.GetDouble(),
        JsonValueKind.Object => TableOf(element),
        JsonValueKind.Array => new FieldArray(element.EnumerateArray().Select(FieldOf)),
        _ => null,
    };
}
