using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Conversations;

/// <summary>
/// Values of field tables between their text in conversations and RabbitMQ's octets on the wire. Text: <c>"x"</c> a long string, <c>5</c> an
/// int (I), <c>true</c>, <c>[...]</c>, <c>{name=value ...}</c>, and any other type as its octet with the value: <c>l(5)</c>, <c>V()</c>.
/// </summary>
public static class FieldText
{
    /// <summary>Writes a table <c>{name=value ...}</c>, with its length before it.</summary>
    public static void WriteTable(StepScanner from, FrameWriter to)
    {
        var entries = new FrameWriter();
        from.Expect('{');
        while (!from.Take('}'))
        {
            byte[] name = from.Octets();
            from.Expect('=');
            entries.U8((byte)name.Length).Bytes(name);
            WriteValue(from, entries);
            from.Take(',');
        }

        to.U32((uint)entries.Count).Bytes(entries.Written);
    }

    /// <summary>The text of a table's entries, sorted by name: the order of a table means nothing.</summary>
    public static string ReadTable(ref FieldReader from, Aliases aliases)
    {
        var entries = new FieldReader(from.Octets((int)from.U32()));
        var texts = new List<string>();
        while (!entries.Rest.IsEmpty)
        {
            string name = entries.ShortString();
            texts.Add($"{name}={ReadValue(ref entries, aliases)}");
        }

        texts.Sort(StringComparer.Ordinal);
        return $"{{{string.Join(", ", texts)}}}";
    }

    /// <summary>Octets as quoted text; those that are not printable ASCII as <c>\xNN</c>.</summary>
    public static string Quote(ReadOnlySpan<byte> octets)
    {
        var text = new StringBuilder("\"");
        foreach (byte octet in octets)
        {
            _ = octet switch
            {
                (byte)'"' or (byte)'\\' => text.Append('\\').Append((char)octet),
                < 0x20 or > 0x7E => text.Append("\\x").Append(octet.ToString("X2", CultureInfo.InvariantCulture)),
                _ => text.Append((char)octet),
            };
        }

        return text.Append('"').ToString();
    }

    private static void WriteValue(StepScanner from, FrameWriter to)
    {
        switch (from.Peek())
        {
            case '"':
                byte[] octets = from.Octets();
                to.U8((byte)'S').U32((uint)octets.Length).Bytes(octets);
                break;
            case '{':
                to.U8((byte)'F');
                WriteTable(from, to);
                break;
            case '[':
                WriteArray(from, to.U8((byte)'A'));
                break;
            default:
                WriteWord(from, from.Word(), to);
                break;
        }
    }

    private static void WriteArray(StepScanner from, FrameWriter to)
    {
        var items = new FrameWriter();
        from.Expect('[');
        while (!from.Take(']'))
        {
            WriteValue(from, items);
            from.Take(',');
        }

        to.U32((uint)items.Count).Bytes(items.Written);
    }

    private static void WriteWord(StepScanner from, string word, FrameWriter to)
    {
        if (word is "true" or "false")
        {
            to.U8((byte)'t').U8(word == "true" ? (byte)1 : (byte)0);
        }
        else if (from.Take('('))
        {
            WriteTyped(from, word, to.U8((byte)word[0]));
            from.Expect(')');
        }
        else
        {
            to.U8((byte)'I').U32((uint)int.Parse(word, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture));
        }
    }

    private static void WriteTyped(StepScanner from, string type, FrameWriter to)
    {
        _ = type switch
        {
            "b" or "B" => to.U8((byte)from.Number()),
            "s" or "u" => to.U16((ushort)from.Number()),
            "I" or "i" => to.U32((uint)from.Number()),
            "l" or "T" => to.U64((ulong)from.Number()),
            "f" => to.U32(BitConverter.SingleToUInt32Bits(float.Parse(from.Word(), CultureInfo.InvariantCulture))),
            "d" => to.U64(BitConverter.DoubleToUInt64Bits(double.Parse(from.Word(), CultureInfo.InvariantCulture))),
            "D" => to.U8((byte)from.Number()).U32((uint)from.Number()),
            "x" => WriteLong(from.Octets(), to),
            "V" => to,
            _ => throw from.Fault($"unknown type '{type}'"),
        };
    }

    private static FrameWriter WriteLong(byte[] octets, FrameWriter to) => to.U32((uint)octets.Length).Bytes(octets);

    private static string ReadValue(ref FieldReader from, Aliases aliases)
    {
        char type = (char)from.U8();
        switch (type)
        {
            case 't':
                return from.U8() == 0 ? "false" : "true";
            case 'I':
                return ((int)from.U32()).ToString(CultureInfo.InvariantCulture);
            case 'S':
                return aliases.Hide(Quote(from.Octets((int)from.U32())));
            case 'F':
                return ReadTable(ref from, aliases);
            case 'A':
                var items = new FieldReader(from.Octets((int)from.U32()));
                var texts = new List<string>();
                while (!items.Rest.IsEmpty)
                {
                    texts.Add(ReadValue(ref items, aliases));
                }

                return $"[{string.Join(", ", texts)}]";
            default:
                return $"{type}({ReadTyped(type, ref from)})";
        }
    }

    private static string ReadTyped(char type, ref FieldReader from) => type switch
    {
        'b' => ((sbyte)from.U8()).ToString(CultureInfo.InvariantCulture),
        'B' => from.U8().ToString(CultureInfo.InvariantCulture),
        's' => ((short)from.U16()).ToString(CultureInfo.InvariantCulture),
        'u' => from.U16().ToString(CultureInfo.InvariantCulture),
        'i' => from.U32().ToString(CultureInfo.InvariantCulture),
        'l' => ((long)from.U64()).ToString(CultureInfo.InvariantCulture),
        'T' => TimeText(from.U64()),
        'f' => BitConverter.UInt32BitsToSingle(from.U32()).ToString(CultureInfo.InvariantCulture),
        'd' => BitConverter.UInt64BitsToDouble(from.U64()).ToString(CultureInfo.InvariantCulture),
        'D' => string.Create(CultureInfo.InvariantCulture, $"{from.U8()} {BinaryPrimitives.ReadUInt32BigEndian(from.Octets(4))}"),
        'x' => Quote(from.Octets((int)from.U32())),
        'V' => "",
        _ => throw new FormatException($"The broker sent a field of the unknown type '{type}'."),
    };

    /// <summary>A time near to now is a time that the broker took; conversations that send one use a distant one.</summary>
    private static string TimeText(ulong seconds) =>
        Math.Abs((double)seconds - TimeProvider.System.GetUtcNow().ToUnixTimeSeconds()) < 3600 ? "now" : seconds.ToString(CultureInfo.InvariantCulture);
}
