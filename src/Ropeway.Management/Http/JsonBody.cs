using System.Globalization;
using System.Text.Json;
using Ropeway.Messages;

namespace Ropeway.Management.Http;

/// <summary>A JSON object that a client sent, read with RabbitMQ's leniency. Immutable.</summary>
/// <param name="Element">The object.</param>
internal readonly record struct JsonBody(JsonElement Element)
{
    /// <summary>Deepest nesting of a request's body.</summary>
    public const int NestingMax = 32;

    /// <summary>Deepest nesting of definitions: an export holds, a few levels down, the deepest arguments that AMQP takes and the deepest value that a request can set.</summary>
    public const int DefinitionsNestingMax = 48;

    /// <summary>Reads a document.</summary>
    /// <param name="utf8">The bytes; nothing counts as an empty object.</param>
    /// <param name="nestingMax">Deepest nesting.</param>
    /// <exception cref="ApiException">It is no JSON, or no object, or holds a text that is no valid Unicode.</exception>
    public static JsonBody Parse(ReadOnlyMemory<byte> utf8, int nestingMax = NestingMax)
    {
        try
        {
            using var document = JsonDocument.Parse(utf8.IsEmpty ? "{}"u8.ToArray() : utf8, new JsonDocumentOptions { MaxDepth = nestingMax });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new JsonBody(WithValidTexts(document.RootElement))
                : throw ApiException.BadRequest("not_json: one object is expected");
        }
        catch (JsonException)
        {
            throw ApiException.BadRequest("not_json");
        }
    }

    /// <summary>Whether a member is there and not null.</summary>
    public bool Has(string name) => Find(name) is not null;

    /// <summary>A text; null when it is not there.</summary>
    /// <exception cref="ApiException">It is something else.</exception>
    public string? Text(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString(),
        { } other => throw ApiException.BadRequest($"'{name}' must be a string, got {other.ValueKind}"),
    };

    /// <summary>A text that must be there.</summary>
    /// <exception cref="ApiException">It is missing or something else.</exception>
    public string RequiredText(string name) => Text(name) ?? throw ApiException.BadRequest($"[{{key_missing,{name}}}]");

    /// <summary>Anything that must be there and not null.</summary>
    /// <exception cref="ApiException">It is missing.</exception>
    public JsonElement RequiredValue(string name) => Find(name) ?? throw ApiException.BadRequest($"[{{key_missing,{name}}}]");

    /// <summary>A truth value, also as text.</summary>
    /// <exception cref="ApiException">It is something else.</exception>
    public bool Flag(string name, bool defaultValue) => Find(name) switch
    {
        null => defaultValue,
        { ValueKind: JsonValueKind.True } => true,
        { ValueKind: JsonValueKind.False } => false,
        { ValueKind: JsonValueKind.String } text when bool.TryParse(text.GetString(), out bool value) => value,
        _ => throw ApiException.BadRequest($"not_boolean: '{name}' must be true or false"),
    };

    /// <summary>A whole number, also as text, that must be there.</summary>
    /// <exception cref="ApiException">It is missing or something else.</exception>
    public long RequiredNumber(string name) => Has(name) ? Number(name, defaultValue: 0) : throw ApiException.BadRequest($"[{{key_missing,{name}}}]");

    /// <summary>A whole number, also as text.</summary>
    /// <exception cref="ApiException">It is something else.</exception>
    public long Number(string name, long defaultValue) => Find(name) switch
    {
        null => defaultValue,
        { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out long value) => value,
        { ValueKind: JsonValueKind.String } text when long.TryParse(text.GetString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) => value,
        _ => throw ApiException.BadRequest($"'{name}' must be a whole number"),
    };

    /// <summary>A limit that must be there; negative for none.</summary>
    /// <param name="name">The member.</param>
    /// <param name="limit">The limit's name, for the text.</param>
    /// <exception cref="ApiException">It is missing or no whole number.</exception>
    public long RequiredLimit(string name, string limit)
    {
        if (!Element.TryGetProperty(name, out JsonElement element))
        {
            ApiException.ThrowBadRequest($"[{{key_missing,{name}}}]");
        }

        return element.ValueKind == JsonValueKind.Number && element.TryGetInt64(out long value)
            ? value
            : throw ApiException.BadRequest($"{limit} should be a number, actually was {(element.ValueKind == JsonValueKind.String ? $"<<{element.GetRawText()}>>" : element.GetRawText())}");
    }

    /// <summary>The names of the members.</summary>
    public IEnumerable<string> Names() => Element.EnumerateObject().Select(property => property.Name);

    /// <summary>An object that must be there.</summary>
    /// <exception cref="ApiException">It is missing or something else.</exception>
    public JsonBody RequiredObject(string name) => Find(name) is { ValueKind: JsonValueKind.Object } value
        ? new JsonBody(value)
        : throw ApiException.BadRequest($"'{name}' must be an object");

    /// <summary>An object; also an empty array, which is how some clients write an empty one. Empty when it is not there.</summary>
    /// <exception cref="ApiException">It is something else.</exception>
    public JsonBody ObjectOrEmpty(string name) =>
        Find(name) is not { } value || (value.ValueKind == JsonValueKind.Array && value.GetArrayLength() == 0) ? Parse(ReadOnlyMemory<byte>.Empty) : RequiredObject(name);

    /// <summary>The tags of a user: a text with commas, or an array. Null when there are none.</summary>
    /// <exception cref="ApiException">They are something else.</exception>
    public IReadOnlyList<string>? Tags(string name) => Find(name) switch
    {
        null => null,
        { ValueKind: JsonValueKind.String } text => text.GetString()!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries),
        { ValueKind: JsonValueKind.Array } array => [.. array.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.String
            ? item.GetString()!
            : throw ApiException.BadRequest($"'{name}' must hold strings"))],
        _ => throw ApiException.BadRequest($"'{name}' must be a string or an array of strings"),
    };

    /// <summary>An array of texts that must be there.</summary>
    /// <exception cref="ApiException">It is missing or something else.</exception>
    public IReadOnlyList<string> RequiredTexts(string name) => Find(name) switch
    {
        null => throw ApiException.BadRequest($"[{{key_missing,{name}}}]"),
        { ValueKind: JsonValueKind.Array } => Tags(name)!,
        _ => throw ApiException.BadRequest($"'{name}' must be an array of strings"),
    };

    /// <summary>Arguments of a declaration; null when there are none.</summary>
    /// <exception cref="ApiException">They are no object, or a field's name is too long.</exception>
    public FieldTable? Arguments(string name)
    {
        if (Find(name) is not { } element || element is { ValueKind: JsonValueKind.Array } && element.GetArrayLength() == 0)
        {
            return null; // An empty table is [] in some exports.
        }

        if (element.ValueKind != JsonValueKind.Object)
        {
            ApiException.ThrowBadRequest($"'{name}' must be an object");
        }

        FieldTable table = FieldJson.ReadTable(element);
        return table.Count == 0 ? null : table;
    }

    /// <summary>The entries of an array; none when it is not there.</summary>
    /// <exception cref="ApiException">It is no array of objects.</exception>
    public IEnumerable<JsonBody> Entries(string name)
    {
        if (Find(name) is not { } array)
        {
            return [];
        }

        return array.ValueKind == JsonValueKind.Array
            ? array.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Object
                ? new JsonBody(item)
                : throw ApiException.BadRequest($"'{name}' must hold objects"))
            : throw ApiException.BadRequest($"'{name}' must be an array");
    }

    /// <summary>A copy of the element. The parser leaves its texts unread: half a surrogate pair or broken UTF-8 would be noticed wherever one is used, so it is here.</summary>
    private static JsonElement WithValidTexts(JsonElement root)
    {
        JsonElement copy = root.Clone();
        try
        {
            CheckTexts(copy);
            return copy;
        }
        catch (InvalidOperationException)
        {
            throw ApiException.BadRequest("not_json: a text is no valid Unicode");
        }
    }

    private static void CheckTexts(JsonElement element)
    {
        switch (element.ValueKind)
        {
            case JsonValueKind.String:
                element.GetString();
                break;
            case JsonValueKind.Array:
                foreach (JsonElement item in element.EnumerateArray())
                {
                    CheckTexts(item);
                }

                break;
            case JsonValueKind.Object:
                foreach (JsonProperty member in element.EnumerateObject())
                {
                    _ = member.Name;
                    CheckTexts(member.Value);
                }

                break;
        }
    }

    private JsonElement? Find(string name) =>
        Element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
