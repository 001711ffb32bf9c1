using System.Text.Json;

namespace Ropeway.CommandLine.Output;

/// <summary>One column of a list. Immutable.</summary>
/// <param name="Name">Our word for it, in lower case; the header is the same in capitals.</param>
/// <param name="Path">Where it stands in the API's row; dots lead into objects.</param>
/// <param name="Kind">What it holds.</param>
internal sealed record Column(string Name, string Path, ColumnKind Kind = ColumnKind.Text)
{
    /// <summary>Shown only where <c>--columns</c> asks for it.</summary>
    public bool IsExtra { get; init; }

    /// <summary>Makes the value where the row does not have it as it is; null reads <see cref="Path"/>.</summary>
    public Func<JsonElement, string?>? Derive { get; init; }

    /// <summary>Numbers stand at the right.</summary>
    public bool IsRightAligned => Kind is ColumnKind.Count or ColumnKind.Number or ColumnKind.Bytes or ColumnKind.Rate or ColumnKind.Seconds or ColumnKind.Milliseconds;

    /// <summary>The row's value; undefined when it has none.</summary>
    public JsonElement Find(JsonElement row)
    {
        JsonElement value = row;
        foreach (string step in Path.Split('.'))
        {
            if (value.ValueKind != JsonValueKind.Object || !value.TryGetProperty(step, out value))
            {
                return default;
            }
        }

        return value.ValueKind == JsonValueKind.Null ? default : value;
    }

    /// <summary>The value as programs get it: nothing is grouped, rounded or cut.</summary>
    public string Raw(JsonElement row) => Derive is { } derive ? derive(row) ?? string.Empty : RawText.Of(Find(row));

    /// <summary>The value as people get it.</summary>
    public string Shown(JsonElement row) => Derive is { } derive ? (derive(row) is { } text ? RawText.InLine(text) : ValueText.None) : ValueText.Of(Find(row), Kind);
}
