using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Ropeway.Management.Http;

/// <summary>
/// What a request wants of a list: <c>sort</c>, <c>sort_reverse</c>, <c>columns</c>, and a page of it. A column is a field's name, with dots for one
/// within another: <c>message_stats.publish_details.rate</c>. Immutable.
/// </summary>
internal sealed class ListQuery
{
    /// <summary>Most columns that are asked for.</summary>
    public const int ColumnCountMax = 100;

    private readonly PageRequest? _page;
    private readonly string[]? _sort;
    private readonly bool _isReversed;
    private readonly string[][]? _columns;

    private ListQuery(PageRequest? page, string[]? sort, bool isReversed, string[][]? columns)
    {
        _page = page;
        _sort = sort;
        _isReversed = isReversed;
        _columns = columns;
    }

    /// <summary>Whether the list goes out as it is.</summary>
    public bool IsPlain => _page is null && _sort is null && _columns is null;

    /// <summary>Reads it.</summary>
    /// <param name="parameter">A parameter of the query, or null.</param>
    /// <param name="canPage">Whether the list comes in pages.</param>
    /// <param name="time">Measures what an expression takes.</param>
    /// <exception cref="ApiException">A parameter is malformed or out of its range.</exception>
    public static ListQuery Read(Func<string, string?> parameter, bool canPage, TimeProvider time) => new(
        canPage ? PageRequest.Read(parameter, time) : null,
        parameter("sort") is { Length: > 0 } sort ? sort.Split('.') : null,
        parameter("sort_reverse") == "true",
        parameter("columns") is { Length: > 0 } columns ? ReadColumns(columns) : null);

    /// <summary>Chooses, sorts and cuts. Only what is sent, or sorted by, is made into JSON.</summary>
    /// <param name="views">All entries.</param>
    /// <param name="nameOf">An entry's name, for the filter.</param>
    /// <param name="type">How an entry becomes JSON.</param>
    /// <returns>What writes the answer.</returns>
    /// <exception cref="ApiException">There is no such page.</exception>
    public Action<Utf8JsonWriter> Apply<T>(IEnumerable<T> views, Func<T, string> nameOf, JsonTypeInfo<T> type)
    {
        if (_page is not { } page)
        {
            T[] all = [.. Sort(views, type)];
            return writer => WriteItems(writer, all, type);
        }

        int totalCount = 0;
        var fitting = new List<T>();
        foreach (T view in views)
        {
            totalCount++;
            if (page.Fits(nameOf(view)))
            {
                fitting.Add(view);
            }
        }

        int pageCount = (fitting.Count + page.PageSize - 1) / page.PageSize;
        if (page.Page > Math.Max(pageCount, 1))
        {
            throw new ApiException(400, "page_out_of_range", $"Page out of range, page: {page.Page} page size: {page.PageSize}, len: {fitting.Count}");
        }

        T[] items = [.. Sort(fitting, type).Skip((page.Page - 1) * page.PageSize).Take(page.PageSize)];
        return writer =>
        {
            writer.WriteStartObject();
            writer.WriteNumber("filtered_count", fitting.Count);
            writer.WriteNumber("item_count", items.Length);
            writer.WritePropertyName("items");
            WriteItems(writer, items, type);
            writer.WriteNumber("page", page.Page);
            writer.WriteNumber("page_count", pageCount);
            writer.WriteNumber("page_size", page.PageSize);
            writer.WriteNumber("total_count", totalCount);
            writer.WriteEndObject();
        };
    }

    /// <summary>Writes one object with the wanted columns.</summary>
    public void WriteItem(Utf8JsonWriter writer, JsonElement item)
    {
        if (_columns is null)
        {
            item.WriteTo(writer);
            return;
        }

        WriteColumns(writer, item, _columns, depth: 0);
    }

    /// <summary>Each is looked for in each entry, so they are few.</summary>
    private static string[][] ReadColumns(string text)
    {
        string[] columns = text.Split(',');
        return columns.Length <= ColumnCountMax
            ? [.. columns.Select(column => column.Split('.'))]
            : throw ApiException.BadRequest($"'columns' names {columns.Length} columns, at most {ColumnCountMax} are allowed");
    }

    private void WriteItems<T>(Utf8JsonWriter writer, T[] items, JsonTypeInfo<T> type)
    {
        writer.WriteStartArray();
        foreach (T item in items)
        {
            if (_columns is null)
            {
                JsonSerializer.Serialize(writer, item, type);
            }
            else
            {
                WriteItem(writer, JsonSerializer.SerializeToElement(item, type));
            }
        }

        writer.WriteEndArray();
    }

    private IEnumerable<T> Sort<T>(IEnumerable<T> views, JsonTypeInfo<T> type)
    {
        if (_sort is null)
        {
            return _isReversed ? views.Reverse() : views;
        }

        IEnumerable<(T View, JsonElement? Key)> keyed = views.Select(view => (view, Find(JsonSerializer.SerializeToElement(view, type), _sort)));
        return (_isReversed ? keyed.OrderByDescending(entry => entry.Key, JsonOrder.Instance) : keyed.OrderBy(entry => entry.Key, JsonOrder.Instance))
            .Select(entry => entry.View);
    }

    private static JsonElement? Find(JsonElement item, string[] column)
    {
        foreach (string name in column)
        {
            if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty(name, out item))
            {
                return null;
            }
        }

        return item; // Of a document of its own: nothing else holds it.
    }

    private static void WriteColumns(Utf8JsonWriter writer, JsonElement item, IReadOnlyCollection<string[]> columns, int depth)
    {
        writer.WriteStartObject();
        foreach (JsonProperty property in item.EnumerateObject())
        {
            string[][] wanted = [.. columns.Where(column => column[depth] == property.Name)];
            if (wanted.Length == 0)
            {
                continue;
            }

            writer.WritePropertyName(property.Name);
            bool isWhole = property.Value.ValueKind != JsonValueKind.Object || wanted.Any(column => column.Length == depth + 1);
            if (isWhole)
            {
                property.Value.WriteTo(writer);
            }
            else
            {
                WriteColumns(writer, property.Value, wanted, depth + 1);
            }
        }

        writer.WriteEndObject();
    }
}
