using System.Text.Json;
using Ropeway.Management.Http;

namespace Ropeway.Management.Live;

/// <summary>What one page follows. Immutable.</summary>
/// <param name="Topics">The topics.</param>
/// <param name="Rows">The queues that the topic <see cref="Topic.Rows"/> is about: virtual host and name.</param>
internal sealed record Subscription(IReadOnlyList<Topic> Topics, IReadOnlyList<(string VirtualHost, string Name)> Rows)
{
    /// <summary>Most topics of a page.</summary>
    public const int TopicCountMax = 32;

    /// <summary>Most queues that a page shows at once.</summary>
    public const int RowCountMax = 200;

    /// <summary>Reads topics with commas between them.</summary>
    /// <exception cref="ApiException">One is not known, or there are too many or none.</exception>
    public static IReadOnlyList<Topic> ParseTopics(IEnumerable<string> texts)
    {
        Topic[] topics = [.. texts.Where(text => text.Length > 0).Distinct(StringComparer.Ordinal).Select(Topic.Parse)];
        return topics.Length is > 0 and <= TopicCountMax ? topics : throw ApiException.BadRequest($"a stream has 1 to {TopicCountMax} topics");
    }

    /// <summary>The same with what a page sends when it scrolls.</summary>
    /// <param name="body"><c>topics</c>: texts; <c>rows</c>: pairs of virtual host and name. What is not there stays as it is.</param>
    /// <exception cref="ApiException">It is malformed, or too much.</exception>
    public Subscription With(JsonBody body) => new(
        body.Has("topics") ? ParseTopics(body.RequiredTexts("topics")) : Topics,
        body.Has("rows") ? ParseRows(body.Element.GetProperty("rows")) : Rows);

    private static (string, string)[] ParseRows(JsonElement rows) =>
        rows.ValueKind == JsonValueKind.Array && rows.GetArrayLength() <= RowCountMax
            ? [.. rows.EnumerateArray().Select(row =>
                row.ValueKind == JsonValueKind.Array && row.GetArrayLength() == 2 && row[0].ValueKind == JsonValueKind.String && row[1].ValueKind == JsonValueKind.String
                    ? (Topic.CheckName(row[0].GetString()!), Topic.CheckName(row[1].GetString()!))
                    : throw ApiException.BadRequest("'rows' must hold pairs of virtual host and name"))]
            : throw ApiException.BadRequest($"'rows' must be an array of at most {RowCountMax} pairs");
}
