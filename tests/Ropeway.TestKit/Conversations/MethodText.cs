using System.Globalization;
using System.Text;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Conversations;

/// <summary>Methods and content between their text in conversations (<c>queue.declare queue="q" durable=true</c>) and their frames.</summary>
public static class MethodText
{
    private const string Body = "body";
    private const string BodyBytes = "body-bytes";
    private const int FramePayloadBytesMax = 131_072 - FrameKind.OverheadBytes;

    /// <summary>Reads the arguments that follow a method's name, and writes its frames. An argument that is not given is empty, false or 0.</summary>
    /// <returns>The given arguments as text, by name.</returns>
    public static IReadOnlyCollection<string> Write(ushort channel, MethodShape method, StepScanner from, FrameWriter to)
    {
        var values = new Dictionary<string, byte[]>(StringComparer.Ordinal);
        var on = new HashSet<string>(StringComparer.Ordinal);
        byte[] body = [];
        while (!from.AtEnd)
        {
            string name = from.Word();
            from.Expect('=');
            MethodField? field = FieldOf(method, name);
            if (field is not null)
            {
                byte[] octets = Encode(field.Kind, from);
                values[name] = octets;
                if (field.Kind == FieldKind.Bit && octets[0] != 0)
                {
                    on.Add(name);
                }
            }
            else
            {
                body = name switch
                {
                    Body => from.Octets(),
                    BodyBytes => [.. Enumerable.Repeat((byte)'x', (int)from.Number())],
                    _ => throw from.Fault($"{method.Name} has no '{name}'"),
                };
            }
        }

        to.Method(channel, (WireMethod)method.Id);
        WriteFields(method.Fields, values, to);
        to.End();
        if (method.HasContent)
        {
            WriteContent(channel, values, body, to);
        }

        return on;
    }

    /// <summary>The text of a received method. Reserved fields are left out; so is what names the product in connection.start.</summary>
    public static string Read(MethodShape method, ref FieldReader from, Aliases aliases)
    {
        var text = new StringBuilder(method.Name);
        byte bits = 0;
        int bit = 0;
        foreach (MethodField field in method.Fields)
        {
            if (field.Kind != FieldKind.Bit)
            {
                bit = 0;
            }
            else if (bit++ == 0)
            {
                bits = from.U8();
            }

            string value = field.Kind == FieldKind.Bit ? ((bits >> (bit - 1)) & 1) != 0 ? "true" : "false" : Decode(field.Kind, ref from, aliases);
            if (field.Name == "mechanisms")
            {
                value = string.Join(' ', value.Trim('"').Split(' ').Order(StringComparer.Ordinal)); // A set, in no order that means anything.
            }

            if (!field.Name.StartsWith("reserved", StringComparison.Ordinal) && field.Name != "server-properties")
            {
                text.Append(' ').Append(field.Name).Append('=').Append(value);
            }
        }

        return from.Rest.IsEmpty ? text.ToString() : text.Append(" and ").Append(FieldText.Quote(from.Rest)).ToString();
    }

    /// <summary>The text of a content header's properties, behind class, weight and body size.</summary>
    public static string ReadProperties(ref FieldReader from, Aliases aliases)
    {
        ushort flags = from.U16();
        var text = new StringBuilder();
        for (int i = 0; i < MethodShapes.Properties.Count; i++)
        {
            if ((flags & (0x8000 >> i)) != 0)
            {
                MethodField property = MethodShapes.Properties[i];
                text.Append(' ').Append(property.Name).Append('=').Append(Decode(property.Kind, ref from, aliases));
            }
        }

        return text.ToString();
    }

    private static MethodField? FieldOf(MethodShape method, string name) =>
        method.Fields.FirstOrDefault(field => field.Name == name)
        ?? (method.HasContent ? MethodShapes.Properties.FirstOrDefault(field => field.Name == name) : null);

    private static void WriteFields(IReadOnlyList<MethodField> fields, Dictionary<string, byte[]> values, FrameWriter to)
    {
        for (int i = 0; i < fields.Count; i++)
        {
            if (fields[i].Kind != FieldKind.Bit)
            {
                to.Bytes(values.GetValueOrDefault(fields[i].Name) ?? Default(fields[i].Kind));
                continue;
            }

            int start = i;
            byte bits = 0;
            for (; i < fields.Count && fields[i].Kind == FieldKind.Bit; i++)
            {
                bits |= (byte)((values.GetValueOrDefault(fields[i].Name) ?? [0])[0] << (i - start));
            }

            to.U8(bits);
            i--;
        }
    }

    private static void WriteContent(ushort channel, Dictionary<string, byte[]> values, ReadOnlySpan<byte> body, FrameWriter to)
    {
        ushort flags = 0;
        var properties = new FrameWriter();
        for (int i = 0; i < MethodShapes.Properties.Count; i++)
        {
            if (values.TryGetValue(MethodShapes.Properties[i].Name, out byte[]? value))
            {
                flags |= (ushort)(0x8000 >> i);
                properties.Bytes(value);
            }
        }

        to.Begin(FrameKind.Header, channel).U16(60).U16(0).U64((ulong)body.Length).U16(flags).Bytes(properties.Written).End();
        while (!body.IsEmpty)
        {
            ReadOnlySpan<byte> part = body[..Math.Min(body.Length, FramePayloadBytesMax)];
            to.Begin(FrameKind.Body, channel).Bytes(part).End();
            body = body[part.Length..];
        }
    }

    private static byte[] Default(FieldKind kind) => kind switch
    {
        FieldKind.Octet or FieldKind.ShortString => new byte[1],
        FieldKind.Short => new byte[2],
        FieldKind.LongLong => new byte[8],
        _ => new byte[4],
    };

    private static byte[] Encode(FieldKind kind, StepScanner from)
    {
        var to = new FrameWriter();
        switch (kind)
        {
            case FieldKind.Bit:
                to.U8(from.Word() == "true" ? (byte)1 : (byte)0);
                break;
            case FieldKind.Octet:
                to.U8((byte)from.Number());
                break;
            case FieldKind.Short:
                to.U16((ushort)from.Number());
                break;
            case FieldKind.Long:
                to.U32((uint)from.Number());
                break;
            case FieldKind.LongLong:
                to.U64((ulong)from.Number());
                break;
            case FieldKind.Table:
                FieldText.WriteTable(from, to);
                break;
            case FieldKind.ShortString:
                byte[] name = from.Octets();
                to.U8(checked((byte)name.Length)).Bytes(name);
                break;
            default:
                byte[] octets = from.Octets();
                to.U32((uint)octets.Length).Bytes(octets);
                break;
        }

        return to.Written.ToArray();
    }

    private static string Decode(FieldKind kind, ref FieldReader from, Aliases aliases) => kind switch
    {
        FieldKind.Octet => from.U8().ToString(CultureInfo.InvariantCulture),
        FieldKind.Short => from.U16().ToString(CultureInfo.InvariantCulture),
        FieldKind.Long => from.U32().ToString(CultureInfo.InvariantCulture),
        FieldKind.LongLong => from.U64().ToString(CultureInfo.InvariantCulture),
        FieldKind.ShortString => aliases.Hide(FieldText.Quote(from.Octets(from.U8()))),
        FieldKind.LongString => aliases.Hide(FieldText.Quote(from.Octets((int)from.U32()))),
        _ => FieldText.ReadTable(ref from, aliases),
    };
}
