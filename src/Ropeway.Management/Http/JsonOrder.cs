using System.Text.Json;

namespace Ropeway.Management.Http;

/// <summary>The order of a list by a column: what lacks it first, then flags, numbers, texts. Pure; any thread.</summary>
internal sealed class JsonOrder : IComparer<JsonElement?>
{
    private JsonOrder()
    {
    }

    /// <summary>The only one.</summary>
    public static JsonOrder Instance { get; } = new();

    /// <inheritdoc/>
    public int Compare(JsonElement? x, JsonElement? y)
    {
        int byKind = RankOf(x).CompareTo(RankOf(y));
        if (byKind != 0 || x is not { } one || y is not { } other)
        {
            return byKind;
        }

        return one.ValueKind switch
        {
            JsonValueKind.Number => one.GetDouble().CompareTo(other.GetDouble()),
            JsonValueKind.String => string.CompareOrdinal(one.GetString(), other.GetString()),
            _ => 0,
        };
    }

    private static int RankOf(JsonElement? element) => element?.ValueKind switch
    {
        JsonValueKind.False => 1,
        JsonValueKind.True => 2,
        JsonValueKind.Number => 3,
        JsonValueKind.String => 4,
        _ => 0,
    };
}
