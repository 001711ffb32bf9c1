using System.Globalization;
using Ropeway.Management.Definitions;
using Ropeway.Management.Http;

namespace Ropeway.Management.Live;

/// <summary>Which part of the list of queues is wanted. Immutable.</summary>
internal sealed record QueueListRequest
{
    /// <summary>Most queues in one answer.</summary>
    public const int LimitMax = 500;

    private const int LimitDefault = 100;

    /// <summary>The virtual host; null for all that the user sees.</summary>
    public string? VirtualHost { get; init; }

    /// <summary>Words that the name must contain, in whatever case.</summary>
    public IReadOnlyList<string> Words { get; init; } = [];

    /// <summary>What the name must match; null for anything.</summary>
    public NamePattern? Pattern { get; init; }

    /// <summary>How the queue must be; empty for anyhow.</summary>
    public IReadOnlySet<QueueCondition> Conditions { get; init; } = new HashSet<QueueCondition>();

    /// <summary>Of which type the queue must be, as <see cref="QueueTypes"/> names it; null for any.</summary>
    public string? Type { get; init; }

    /// <summary>By what it is sorted.</summary>
    public QueueOrder Order { get; init; }

    /// <summary>Whether high values come first.</summary>
    public bool IsReversed { get; init; }

    /// <summary>Behind which queue it begins; null for the beginning.</summary>
    public QueueKey? After { get; init; }

    /// <summary>Most queues.</summary>
    public int Limit { get; init; } = LimitDefault;

    /// <summary>Reads it from the query.</summary>
    /// <param name="parameter">A parameter's text, or null.</param>
    /// <param name="time">Measures what an expression takes.</param>
    /// <exception cref="ApiException">A parameter is malformed or out of its range.</exception>
    public static QueueListRequest Read(Func<string, string?> parameter, TimeProvider time)
    {
        string filter = parameter("q")?.Trim() ?? string.Empty;
        bool isPattern = filter.Length > 2 && filter[0] == '/' && filter[^1] == '/';
        string sort = parameter("sort") ?? "name";
        return new QueueListRequest
        {
            VirtualHost = parameter("vhost") is { Length: > 0 } host ? host : null,
            Words = isPattern ? [] : filter.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Pattern = isPattern ? new NamePattern(filter[1..^1], time) : null,
            Conditions = ReadConditions(parameter("state")),
            Type = ReadType(parameter("type")),
            Order = ReadOrder(sort.TrimStart('-')),
            IsReversed = sort.StartsWith('-'),
            After = parameter("after") is { Length: > 0 } after
                ? QueueKey.FromCursor(after) ?? throw ApiException.BadRequest("'after' must be the 'next' of an answer")
                : null,
            Limit = ReadLimit(parameter("limit")),
        };
    }

    /// <summary>Whether a queue of this name is wanted.</summary>
    public bool Fits(string name)
    {
        foreach (string word in Words)
        {
            if (!name.Contains(word, StringComparison.OrdinalIgnoreCase))
            {
                return false;
            }
        }

        return Pattern?.IsMatch(name) ?? true;
    }

    private static HashSet<QueueCondition> ReadConditions(string? text) =>
    [
        .. (text ?? string.Empty).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(word => QueueConditions.TryParse(word, out QueueCondition condition)
            ? condition
            : throw ApiException.BadRequest($"'state' has the words {QueueConditions.All}; got '{word}'")),
    ];

    private static string? ReadType(string? text) => text is null or "" or QueueTypes.Classic or "quorum" or "stream"
        ? (text is "" ? null : text)
        : throw ApiException.BadRequest($"'type' is classic, quorum or stream; got '{text}'");

    private static QueueOrder ReadOrder(string text) => text switch
    {
        "name" => QueueOrder.Name,
        "waiting" => QueueOrder.Waiting,
        "held" => QueueOrder.Held,
        "in" => QueueOrder.In,
        "out" => QueueOrder.Out,
        "oldest" => QueueOrder.Oldest,
        "severity" => QueueOrder.Severity,
        _ => throw ApiException.BadRequest($"'sort' is name, waiting, held, in, out, oldest or severity, with - in front for the highest first; got '{text}'"),
    };

    private static int ReadLimit(string? text) => text is null
        ? LimitDefault
        : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit is >= 1 and <= LimitMax
            ? limit
            : throw ApiException.BadRequest($"'limit' must be 1 to {LimitMax}");
}
