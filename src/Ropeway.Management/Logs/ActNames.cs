using Ropeway.Management.Http;

namespace Ropeway.Management.Logs;

/// <summary>What calling an endpoint is called in the list of acts. Pure; any thread.</summary>
internal static class ActNames
{
    private static readonly Dictionary<string, string> Nouns = new(StringComparer.Ordinal)
    {
        ["queues"] = "queue",
        ["exchanges"] = "exchange",
        ["bindings"] = "binding",
        ["users"] = "user",
        ["permissions"] = "permission",
        ["topic-permissions"] = "topic permission",
        ["policies"] = "policy",
        ["operator-policies"] = "operator policy",
        ["vhosts"] = "virtual host",
        ["vhost-limits"] = "limit of virtual host",
        ["user-limits"] = "limit of user",
        ["parameters"] = "parameter",
        ["connections"] = "connection",
        ["jobs"] = "job",
    };

    private static readonly Dictionary<string, string> Acts = new(StringComparer.Ordinal)
    {
        ["DELETE contents"] = "purge queue",
        ["POST get"] = "get messages",
        ["POST publish"] = "publish message",
        ["POST rewind"] = "rewind queue",
        ["POST pause"] = "pause queue",
        ["POST resume"] = "resume queue",
        ["POST definitions"] = "import definitions",
        ["POST undo"] = "undo import of definitions",
        ["POST all-configuration"] = "import definitions",
        ["POST bulk-delete"] = "delete users",
        ["POST jobs"] = "start job",
        ["POST snooze"] = "snooze finding",
        ["DELETE snooze"] = "unsnooze finding",
        ["POST session"] = "sign in",
        ["DELETE session"] = "sign out",
        ["GET backup"] = "take backup",
    };

    /// <summary>The name.</summary>
    public static string Of(Route route)
    {
        string[] words = [.. route.Pattern.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(segment => segment is not "api" and not "ropeway" and not "e" && segment[0] != '{')];
        string last = words.Length > 0 ? words[^1] : string.Empty;
        string first = words.Length > 0 ? words[0] : string.Empty;
        if (first == "jobs" && words.Length > 1)
        {
            return $"{last} job";
        }

        if (Acts.TryGetValue($"{route.Method} {last}", out string? act))
        {
            return act;
        }

        string noun = Nouns.GetValueOrDefault(first, first.Replace('-', ' '));
        return first == "connections" && route.Method == "DELETE" ? "close connection" : $"{VerbOf(route.Method)} {noun}{(words.Length > 1 && last != first ? $" {last.Replace('-', ' ')}" : string.Empty)}";
    }

    private static string VerbOf(string method) => method switch
    {
        "PUT" => "set",
        "POST" => "add",
        "DELETE" => "delete",
        _ => "read",
    };
}
