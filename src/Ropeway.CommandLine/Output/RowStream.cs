using System.Text.Json;

namespace Ropeway.CommandLine.Output;

/// <summary>
/// Writes rows that come one after the other, as lines of a log do: one object a line in JSON, one header, and on a terminal nothing is cut, because nobody knows how wide the next row is. One caller at a time.
/// </summary>
/// <param name="output">Where to.</param>
/// <param name="style">How; a JSON document would never end.</param>
/// <param name="columns">All columns.</param>
/// <param name="columnNames">What <c>--columns</c> says, or null.</param>
internal sealed class RowStream(TextWriter output, OutputStyle style, IReadOnlyList<Column> columns, string? columnNames)
{
    private int[] _widths = []; // Of the columns of a terminal, so far.
    private bool _isContinued;

    /// <summary>Writes the next rows.</summary>
    public void Write(IReadOnlyList<JsonElement> rows)
    {
        if (rows.Count == 0)
        {
            return; // Columns are found by what the rows have.
        }

        var listing = new Listing(columns, rows);
        if (style.Form == OutputForm.Table)
        {
            WriteTable(listing);
        }
        else
        {
            OutputForm form = style.Form == OutputForm.Json ? OutputForm.JsonLines : style.Form;
            new ListingWriter(output, style with { Form = form, IsContinued = _isContinued }).Write(listing, columnNames);
        }

        _isContinued = true;
    }

    private void WriteTable(Listing listing)
    {
        IReadOnlyList<Column> chosen = listing.Choose(columnNames);
        if (_widths.Length != chosen.Count)
        {
            _widths = new int[chosen.Count];
        }

        string[][] shown = [.. listing.Rows.Select(row => chosen.Select(column => column.Shown(row)).ToArray())];
        for (int i = 0; i < _widths.Length; i++)
        {
            _widths[i] = Math.Max(_widths[i], shown.Max(row => CellText.Width(row[i])));
        }

        foreach (string[] row in shown)
        {
            output.WriteLine(string.Join(new string(' ', TableFit.Gap), row.Select((cell, i) => CellText.Pad(cell, _widths[i], chosen[i].IsRightAligned))).TrimEnd());
        }
    }
}
