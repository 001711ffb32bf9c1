using System.Text;
using System.Text.Json;

namespace Ropeway.CommandLine.Output;

/// <summary>Rows as aligned lines of a terminal. Pure.</summary>
/// <param name="Header">The line with the columns' names.</param>
/// <param name="Rows">A line for each row.</param>
/// <param name="HiddenCount">How many columns had no room.</param>
internal sealed record TableText(string Header, IReadOnlyList<string> Rows, int HiddenCount)
{
    /// <summary>Aligns rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="columns">What is shown of them.</param>
    /// <param name="cells">Width of the terminal.</param>
    /// <param name="sorted">Name of the column that the rows are sorted by, marked in the header; or null.</param>
    public static TableText Of(IReadOnlyList<JsonElement> rows, IReadOnlyList<Column> columns, int cells, string? sorted = null)
    {
        string[][] shown = [.. rows.Select(row => columns.Select(column => column.Shown(row)).ToArray())];
        string[] headers = [.. columns.Select(column => column.Name.ToUpperInvariant() + (column.Name == sorted ? "▼" : string.Empty))];
        int[] wanted = [.. columns.Select((_, i) => shown.Select(row => CellText.Width(row[i])).Append(CellText.Width(headers[i])).Max())];
        int[] widths = TableFit.Fit(columns, wanted, cells);
        return new TableText(Line(headers, columns, widths), [.. shown.Select(row => Line(row, columns, widths))], columns.Count - widths.Length);
    }

    private static string Line(string[] row, IReadOnlyList<Column> columns, int[] widths)
    {
        var line = new StringBuilder();
        for (int i = 0; i < widths.Length; i++)
        {
            string cell = CellText.Cut(row[i], widths[i], inMiddle: columns[i].Kind == ColumnKind.Name);
            line.Append(' ', i == 0 ? 0 : TableFit.Gap).Append(CellText.Pad(cell, widths[i], columns[i].IsRightAligned));
        }

        return line.ToString().TrimEnd();
    }
}
