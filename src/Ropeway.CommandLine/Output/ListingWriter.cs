using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Ropeway.CommandLine.Output;

/// <summary>Writes rows in one of the forms. Pure but for the writer.</summary>
internal sealed class ListingWriter(TextWriter output, OutputStyle style)
{
    private static readonly JsonWriterOptions Indented = new() { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Writes rows.</summary>
    /// <param name="listing">The rows, chosen and in order.</param>
    /// <param name="columnNames">What <c>--columns</c> says, or null.</param>
    /// <returns>How many columns had no room.</returns>
    public int Write(Listing listing, string? columnNames)
    {
        IReadOnlyList<Column> columns = listing.Choose(columnNames);
        switch (style.Form)
        {
            case OutputForm.Json:
                WriteJson(writer => WriteArray(writer, listing.Rows, columnNames is null ? null : columns), Indented);
                return 0;
            case OutputForm.JsonLines:
                foreach (JsonElement row in listing.Rows)
                {
                    WriteJson(writer => WriteRow(writer, row, columnNames is null ? null : columns), Compact);
                }

                return 0;
            case OutputForm.Csv:
                WriteLines(listing, columns, ",", !style.IsContinued, Field);
                return 0;
            case OutputForm.Plain:
                WriteLines(listing, columns, "\t", style.HasHeader && !style.IsContinued, RawText.InLine);
                return 0;
            default:
                return WriteTable(listing, columns);
        }
    }

    /// <summary>Writes one object: names and values, one a line, or as JSON.</summary>
    public void WriteDetail(JsonElement row, IReadOnlyList<Column> columns, string? columnNames)
    {
        var listing = new Listing(columns, [row]);
        IReadOnlyList<Column> chosen = listing.Choose(columnNames);
        switch (style.Form)
        {
            case OutputForm.Json:
                WriteJson(writer => WriteRow(writer, row, columnNames is null ? null : chosen), Indented);
                break;
            case OutputForm.JsonLines:
                WriteJson(writer => WriteRow(writer, row, columnNames is null ? null : chosen), Compact);
                break;
            case OutputForm.Csv:
                WriteLines(listing, chosen, ",", hasHeader: true, Field);
                break;
            case OutputForm.Plain:
                foreach (Column column in chosen)
                {
                    output.WriteLine($"{column.Name}\t{RawText.InLine(column.Raw(row))}");
                }

                break;
            default:
                int nameCells = chosen.Max(column => column.Name.Length);
                foreach (Column column in chosen)
                {
                    string value = column.Shown(row);
                    output.WriteLine($"{style.Dim(column.Name.PadRight(nameCells))}{new string(' ', TableFit.Gap)}{value}");
                }

                break;
        }
    }

    /// <summary>Writes a JSON document as it is.</summary>
    public void WriteDocument(JsonElement document) => WriteJson(document.WriteTo, style.Form == OutputForm.JsonLines ? Compact : Indented);

    private static void WriteArray(Utf8JsonWriter writer, IEnumerable<JsonElement> rows, IReadOnlyList<Column>? columns)
    {
        writer.WriteStartArray();
        foreach (JsonElement row in rows)
        {
            WriteRow(writer, row, columns);
        }

        writer.WriteEndArray();
    }

    private static void WriteRow(Utf8JsonWriter writer, JsonElement row, IReadOnlyList<Column>? columns)
    {
        if (columns is null)
        {
            row.WriteTo(writer);
            return;
        }

        writer.WriteStartObject();
        foreach (Column column in columns)
        {
            JsonElement value = column.Find(row);
            writer.WritePropertyName(column.Path.Length > 0 ? column.Path : column.Name);
            if (column.Derive is not null)
            {
                writer.WriteStringValue(column.Raw(row));
            }
            else if (value.ValueKind == JsonValueKind.Undefined)
            {
                writer.WriteNullValue();
            }
            else
            {
                value.WriteTo(writer);
            }
        }

        writer.WriteEndObject();
    }

    private string Field(string value) => Quoted(style.IsTerminal ? RawText.InLine(value) : value);

    private static string Quoted(string value) =>
        value.AsSpan().IndexOfAny(",\"\r\n") < 0 ? value : $"\"{value.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private void WriteJson(Action<Utf8JsonWriter> write, JsonWriterOptions options)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, options with { NewLine = "\n" }))
        {
            write(writer);
        }

        output.WriteLine(Encoding.UTF8.GetString(bytes.WrittenSpan));
    }

    private void WriteLines(Listing listing, IReadOnlyList<Column> columns, string separator, bool hasHeader, Func<string, string> safe)
    {
        if (hasHeader)
        {
            output.WriteLine(string.Join(separator, columns.Select(column => safe(column.Name))));
        }

        foreach (JsonElement row in listing.Rows)
        {
            output.WriteLine(string.Join(separator, columns.Select(column => safe(column.Raw(row)))));
        }
    }

    private int WriteTable(Listing listing, IReadOnlyList<Column> columns)
    {
        if (listing.Rows.Count == 0)
        {
            return 0;
        }

        var table = TableText.Of(listing.Rows, columns, style.Columns);
        output.WriteLine(style.Dim(table.Header));
        foreach (string row in table.Rows)
        {
            output.WriteLine(row);
        }

        return table.HiddenCount;
    }
}
