using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.CommandLine.Amqp;

/// <summary>A message as a consumer got it. Immutable.</summary>
/// <param name="Tag">Its delivery tag.</param>
/// <param name="IsRedelivered">Whether it was delivered before.</param>
/// <param name="Exchange">Where it was published.</param>
/// <param name="RoutingKey">With which key.</param>
/// <param name="Properties">Its properties, encoded.</param>
/// <param name="Body">The whole body.</param>
internal sealed record ReceivedMessage(ulong Tag, bool IsRedelivered, string Exchange, string RoutingKey, byte[] Properties, byte[] Body)
{
    /// <summary>Writes it with the names of the API's messages.</summary>
    public void Write(Utf8JsonWriter writer)
    {
        bool isText = Utf8.IsValid(Body);
        writer.WriteStartObject();
        writer.WriteNumber("payload_bytes", Body.Length);
        writer.WriteBoolean("redelivered", IsRedelivered);
        writer.WriteString("exchange", Exchange);
        writer.WriteString("routing_key", RoutingKey);
        WriteProperties(writer);
        writer.WriteString("payload", isText ? Encoding.UTF8.GetString(Body) : Convert.ToBase64String(Body));
        writer.WriteString("payload_encoding", isText ? "string" : "base64");
        writer.WriteEndObject();
    }

    private static void WriteText(Utf8JsonWriter writer, string name, string? value)
    {
        if (value is not null)
        {
            writer.WriteString(name, value);
        }
    }

    private static void WriteNumber(Utf8JsonWriter writer, string name, long? value)
    {
        if (value is not null)
        {
            writer.WriteNumber(name, value.Value);
        }
    }

    private static void WriteField(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case FieldTable table:
                WriteTable(writer, table);
                break;
            case FieldArray array:
                writer.WriteStartArray();
                foreach (object? item in array)
                {
                    WriteField(writer, item);
                }

                writer.WriteEndArray();
                break;
            case bool flag:
                writer.WriteBooleanValue(flag);
                break;
            case byte or sbyte or short or ushort or int or uint or long:
                writer.WriteNumberValue(Convert.ToInt64(value));
                break;
            case float or double when double.IsFinite(Convert.ToDouble(value)):
                writer.WriteNumberValue(Convert.ToDouble(value));
                break;
            case FieldTimestamp time:
                writer.WriteNumberValue(time.Seconds);
                break;
            case byte[] bytes:
                writer.WriteStringValue(Encoding.UTF8.GetString(bytes));
                break;
            case null:
                writer.WriteNullValue();
                break;
            default:
                writer.WriteStringValue(value.ToString());
                break;
        }
    }

    private static void WriteTable(Utf8JsonWriter writer, FieldTable table)
    {
        writer.WriteStartObject();
        foreach ((string name, object? value) in table)
        {
            writer.WritePropertyName(name);
            WriteField(writer, value);
        }

        writer.WriteEndObject();
    }

    private void WriteProperties(Utf8JsonWriter writer)
    {
        writer.WriteStartObject("properties");
        if (BasicProperties.TryRead(Properties, out BasicProperties encoded))
        {
            var values = BasicPropertyValues.From(encoded);
            WriteText(writer, "content_type", values.ContentType);
            WriteText(writer, "content_encoding", values.ContentEncoding);
            if (values.Headers is not null)
            {
                writer.WritePropertyName("headers");
                WriteTable(writer, values.Headers);
            }

            WriteNumber(writer, "delivery_mode", values.DeliveryMode);
            WriteNumber(writer, "priority", values.Priority);
            WriteText(writer, "correlation_id", values.CorrelationId);
            WriteText(writer, "reply_to", values.ReplyTo);
            WriteText(writer, "expiration", values.Expiration);
            WriteText(writer, "message_id", values.MessageId);
            WriteNumber(writer, "timestamp", (long?)values.Timestamp?.Seconds);
            WriteText(writer, "type", values.Type);
            WriteText(writer, "user_id", values.UserId);
            WriteText(writer, "app_id", values.AppId);
        }

        writer.WriteEndObject();
    }
}
