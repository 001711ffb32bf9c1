namespace Ropeway.Management.OpenApi;

/// <summary>Parameters of queries, by their names: what they are and what for. Immutable; any thread.</summary>
internal static class QueryParameters
{
    /// <summary>Of a list or an object: which fields.</summary>
    public static readonly string[] Columns = ["columns"];

    /// <summary>Of a list that goes out whole.</summary>
    public static readonly string[] Sorted = ["sort", "sort_reverse", "columns"];

    /// <summary>Of a list that can come in pages. Its answer is then an object with the page.</summary>
    public static readonly string[] Paged = ["page", "page_size", "name", "use_regex", "sort", "sort_reverse", "columns"];

    /// <summary>Of objects that are sampled.</summary>
    public static readonly string[] Sampled = ["columns", "msg_rates_age", "msg_rates_incr", "lengths_age", "lengths_incr"];

    private static readonly Dictionary<string, (string Type, string Text)> Known = new(StringComparer.Ordinal)
    {
        ["after"] = ("string", "The next of the part before."),
        ["budget_bytes"] = ("integer", "How much to look at, at most; by default 1 GiB."),
        ["columns"] = ("string", "Only these fields, with commas between them; dots lead into a field."),
        ["direction"] = ("string", "forward, or back."),
        ["disable_stats"] = ("boolean", "Without statistics."),
        ["enable_queue_totals"] = ("boolean", "With the counts of messages, though without statistics."),
        ["family"] = ("string", "A family of measures; may be repeated."),
        ["filter"] = ("string", "Which messages; see the page about browsing."),
        ["from"] = ("string", "oldest, newest, a sequence number, or time: and an ISO 8601 time."),
        ["id"] = ("string", "What it is about."),
        ["if-empty"] = ("boolean", "Refuses when there are messages."),
        ["if-unused"] = ("boolean", "Refuses when it is used."),
        ["if_count_at_most"] = ("integer", "Refuses with 409 when more messages wait."),
        ["if_empty"] = ("boolean", "Refuses when there are messages."),
        ["if_state"] = ("string", "The state of a diff: imports if that is still so."),
        ["if_unused"] = ("boolean", "Refuses when there are consumers."),
        ["lengths_age"] = ("integer", "Samples of numbers of messages: how far back, in seconds."),
        ["lengths_incr"] = ("integer", "The same: seconds between two."),
        ["level"] = ("string", "trace, debug, info, warn, error or crit: this and worse."),
        ["limit"] = ("integer", "How many at most."),
        ["msg_rates_age"] = ("integer", "Samples of rates: how far back, in seconds."),
        ["msg_rates_incr"] = ("integer", "The same: seconds between two."),
        ["name"] = ("string", "A name; of a list in pages, what names contain or match."),
        ["page"] = ("integer", "Which page, from 1; the answer is then an object with the page."),
        ["page_size"] = ("integer", "Entries on a page, 1 to 500; by default 100."),
        ["prune"] = ("boolean", "Also deletes what is there and not in the document."),
        ["q"] = ("string", "A text to look for."),
        ["queue"] = ("string", "The queue."),
        ["range"] = ("string", "10m, 1h, 8h or 24h."),
        ["sequence"] = ("integer", "The message's number in the queue."),
        ["set"] = ("string", "waiting, held, delayed or all."),
        ["snoozed"] = ("boolean", "What is hidden for a time."),
        ["sort"] = ("string", "By which field; dots lead into one."),
        ["sort_reverse"] = ("boolean", "The other way round."),
        ["state"] = ("string", "Words with commas between them."),
        ["topics"] = ("string", "What is followed, with commas between them."),
        ["type"] = ("string", "classic, quorum or stream."),
        ["use_regex"] = ("boolean", "The name is a regular expression."),
        ["vhost"] = ("string", "The virtual host."),
    };

    /// <summary>The JSON type and the meaning of a parameter.</summary>
    public static (string Type, string Text) Find(string name) => Known[name];
}
