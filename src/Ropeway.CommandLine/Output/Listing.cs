using System.Globalization;
using System.Text.Json;

namespace Ropeway.CommandLine.Output;

/// <summary>Rows of the API and the columns that they are shown in. Immutable.</summary>
/// <param name="Columns">All columns, in order.</param>
/// <param name="Rows">All rows, as the API gave them.</param>
internal sealed record Listing(IReadOnlyList<Column> Columns, IReadOnlyList<JsonElement> Rows)
{
    /// <summary>How many rows there were before conditions and limits.</summary>
    public int TotalCount { get; init; } = Rows.Count;

    /// <summary>Whether the last rows are the ones that matter most: a limit leaves out the first. Not of rows that were sorted.</summary>
    public bool IsNewestLast { get; init; }

    /// <summary>The columns that are shown when none are named.</summary>
    public IReadOnlyList<Column> DefaultColumns => [.. Columns.Where(static column => !column.IsExtra)];

    /// <summary>The column with our name or the API's; a field that no column shows is one, too.</summary>
    /// <exception cref="ClientException">There is none.</exception>
    public Column Find(string name)
    {
        if (Columns.FirstOrDefault(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase) || column.Path == name) is { } found)
        {
            return found;
        }

        var field = new Column(name, name);
        if (Rows.Any(row => field.Find(row).ValueKind != JsonValueKind.Undefined))
        {
            return field;
        }

        string? near = NearestName.Find(name, Columns.Select(column => column.Name));
        throw ClientException.Usage($"no column '{name}'", near is null ? $"There are {string.Join(", ", Columns.Select(column => column.Name))}" : $"Did you mean {near}?");
    }

    /// <summary>Only the rows that meet all conditions.</summary>
    public Listing Where(IEnumerable<string> conditions)
    {
        RowCondition[] parsed = [.. conditions.Select(text => RowCondition.Parse(text, Find))];
        return parsed.Length == 0 ? this : this with { Rows = [.. Rows.Where(row => parsed.All(condition => condition.Holds(row)))], TotalCount = TotalCount };
    }

    /// <summary>In the order of columns, with commas between them; <c>-</c> before one turns its order.</summary>
    public Listing Sort(string? order)
    {
        IEnumerable<JsonElement> rows = Rows;
        foreach (string key in order?.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Reverse() ?? [])
        {
            Column column = Find(key.TrimStart('-'));
            rows = key[0] == '-'
                ? rows.OrderByDescending(row => KeyOf(column, row)) // Stable: the order of the keys before stays among equals.
                : rows.OrderBy(row => KeyOf(column, row));
        }

        return order is null ? this : this with { Rows = [.. rows], IsNewestLast = false };
    }

    /// <summary>So many rows at most.</summary>
    public Listing Limit(int? count) => count is null ? this : this with { Rows = [.. IsNewestLast ? Rows.TakeLast(count.Value) : Rows.Take(count.Value)], TotalCount = TotalCount };

    /// <summary>The named columns, in their order; null gives those that are shown by default.</summary>
    public IReadOnlyList<Column> Choose(string? names) => names is null
        ? DefaultColumns
        : [.. names.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(Find)];

    /// <summary>Nothing first, then numbers by value, then text.</summary>
    private static (double Number, string Text) KeyOf(Column column, JsonElement row)
    {
        string raw = column.Raw(row);
        return raw.Length == 0
            ? (double.NegativeInfinity, string.Empty)
            : double.TryParse(raw, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) ? (number, string.Empty) : (double.PositiveInfinity, raw);
    }
}
