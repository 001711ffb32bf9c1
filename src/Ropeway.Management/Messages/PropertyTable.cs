using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Ropeway.Management.Http;
using Ropeway.Messages;

namespace Ropeway.Management.Messages;

/// <summary>The properties of a message as a table with RabbitMQ's names, from and to JSON and AMQP 0-9-1 (section 4.2.6.1). Pure; any thread.</summary>
/// <remarks>
/// <code>
/// flags u16, the highest bit for the first property below | the properties that are there, in this order
/// </code>
/// </remarks>
internal static class PropertyTable
{
    private const int FirstFlag = 0x8000;

    private static readonly (string Name, PropertyKind Kind)[] All =
    [
        ("content_type", PropertyKind.Text),
        ("content_encoding", PropertyKind.Text),
        ("headers", PropertyKind.Table),
        ("delivery_mode", PropertyKind.Octet),
        ("priority", PropertyKind.Octet),
        ("correlation_id", PropertyKind.Text),
        ("reply_to", PropertyKind.Text),
        ("expiration", PropertyKind.Text),
        ("message_id", PropertyKind.Text),
        ("timestamp", PropertyKind.Time),
        ("type", PropertyKind.Text),
        ("user_id", PropertyKind.Text),
        ("app_id", PropertyKind.Text),
        ("cluster_id", PropertyKind.Text),
    ];

    /// <summary>Reads what a client sent; names that are no property mean nothing.</summary>
    /// <exception cref="ApiException">A value is of the wrong type or out of range.</exception>
    public static FieldTable Read(JsonBody body)
    {
        var table = new FieldTable();
        foreach ((string name, PropertyKind kind) in All)
        {
            if (!body.Has(name))
            {
                continue;
            }

            JsonElement value = body.Element.GetProperty(name);
            table.Add(name, kind switch
            {
                PropertyKind.Table => body.Arguments(name) ?? [],
                PropertyKind.Text => TextOf(name, value),
                PropertyKind.Octet => (byte)NumberOf(name, value, byte.MaxValue),
                _ => new FieldTimestamp(NumberOf(name, value, long.MaxValue)),
            });
        }

        return table;
    }

    /// <summary>Writes the encoded form.</summary>
    /// <param name="table">From <see cref="Read"/>.</param>
    public static byte[] Encode(FieldTable table)
    {
        using var bytes = new MemoryStream();
        bytes.Write([0, 0]);
        int flags = 0;
        for (int i = 0; i < All.Length; i++)
        {
            if (table.TryGet(All[i].Name, out object? value))
            {
                flags |= FirstFlag >> i;
                bytes.Write(Encode(value!));
            }
        }

        byte[] encoded = bytes.ToArray();
        BinaryPrimitives.WriteUInt16BigEndian(encoded, (ushort)flags);
        return encoded;
    }

    /// <summary>Reads the encoded form, which was checked when it came; no bytes at all are no properties.</summary>
    public static FieldTable Decode(ReadOnlySpan<byte> encoded)
    {
        var table = new FieldTable();
        int flags = encoded.IsEmpty ? 0 : BinaryPrimitives.ReadUInt16BigEndian(encoded);
        ReadOnlySpan<byte> rest = encoded.IsEmpty ? encoded : encoded[sizeof(ushort)..];
        for (int i = 0; i < All.Length; i++)
        {
            if ((flags & (FirstFlag >> i)) != 0)
            {
                table.Add(All[i].Name, Decode(All[i].Kind, ref rest));
            }
        }

        return table;
    }

    private static byte[] Encode(object value)
    {
        switch (value)
        {
            case string text:
                byte[] utf8 = Encoding.UTF8.GetBytes(text);
                return [(byte)utf8.Length, .. utf8];
            case byte octet:
                return [octet];
            case FieldTimestamp time:
                byte[] seconds = new byte[sizeof(ulong)];
                BinaryPrimitives.WriteUInt64BigEndian(seconds, time.Seconds);
                return seconds;
            default:
                return FieldTableCodec.ToArray((FieldTable)value);
        }
    }

    private static object Decode(PropertyKind kind, ref ReadOnlySpan<byte> rest)
    {
        ReadOnlySpan<byte> from = rest;
        switch (kind)
        {
            case PropertyKind.Text:
                rest = from[(1 + from[0])..];
                return Encoding.UTF8.GetString(from.Slice(1, from[0]));
            case PropertyKind.Octet:
                rest = from[1..];
                return from[0];
            case PropertyKind.Time:
                rest = from[sizeof(ulong)..];
                return new FieldTimestamp(BinaryPrimitives.ReadUInt64BigEndian(from));
            default:
                FieldTable headers = FieldTableCodec.TryRead(from, out FieldTable? table, out int readBytes) ? table : [];
                rest = from[readBytes..];
                return headers;
        }
    }

    private static string TextOf(string name, JsonElement value) =>
        value.ValueKind == JsonValueKind.String && value.GetString() is { } text && Encoding.UTF8.GetByteCount(text) <= byte.MaxValue
            ? text
            : throw ApiException.BadRequest($"not_string: '{name}' must be a string of at most {byte.MaxValue} bytes");

    private static ulong NumberOf(string name, JsonElement value, ulong max) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetUInt64(out ulong number) && number <= max
            ? number
            : throw ApiException.BadRequest($"not_int: '{name}' must be a whole number up to {max}");
}
