using System.Buffers;
using System.Text.Json;

namespace Ropeway.CommandLine.Http;

/// <summary>Makes the bodies of requests.</summary>
internal static class JsonWriting
{
    /// <summary>One object, with the fields that <paramref name="write"/> writes.</summary>
    public static byte[] Object(Action<Utf8JsonWriter> write)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }

        return bytes.WrittenSpan.ToArray();
    }

    /// <summary>Writes <c>name=value</c> settings as a table: whole numbers and booleans as what they are, <c>name:=JSON</c> as any JSON, all else as text.</summary>
    /// <exception cref="ClientException">An entry has no name, or its JSON is none.</exception>
    public static void WriteTable(Utf8JsonWriter writer, string name, IEnumerable<string> entries)
    {
        writer.WriteStartObject(name);
        foreach (string entry in entries)
        {
            WriteEntry(writer, entry);
        }

        writer.WriteEndObject();
    }

    private static void WriteEntry(Utf8JsonWriter writer, string entry)
    {
        int at = entry.IndexOf('=', StringComparison.Ordinal);
        if (at < 1 || (at == 1 && entry[0] == ':'))
        {
            throw ClientException.Usage($"bad value '{entry}': name=value is expected, or name:=JSON");
        }

        string value = entry[(at + 1)..];
        if (entry[at - 1] == ':')
        {
            writer.WritePropertyName(entry[..(at - 1)]);
            WriteJson(writer, entry, value);
            return;
        }

        writer.WritePropertyName(entry[..at]);
        if (long.TryParse(value, System.Globalization.NumberStyles.AllowLeadingSign, provider: null, out long number))
        {
            writer.WriteNumberValue(number);
        }
        else if (value is "true" or "false")
        {
            writer.WriteBooleanValue(value == "true");
        }
        else
        {
            writer.WriteStringValue(value);
        }
    }

    private static void WriteJson(Utf8JsonWriter writer, string entry, string value)
    {
        try
        {
            JsonElement.Parse(value).WriteTo(writer);
        }
        catch (JsonException fault)
        {
            throw new ClientException(ClientExitCode.Usage, $"bad value '{entry}': JSON is expected behind :=", next: null, fault);
        }
    }
}
