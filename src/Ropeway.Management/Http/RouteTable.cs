namespace Ropeway.Management.Http;

/// <summary>All endpoints. Immutable; any thread.</summary>
internal sealed class RouteTable(IEnumerable<Route> routes)
{
    private readonly Route[] _routes = [.. routes];

    /// <summary>
    /// The segments of a request's target, decoded one by one, so that <c>%2F</c> in a name is part of the name. Null when it is not
    /// a path or an escape is malformed.
    /// </summary>
    public static string[]? Split(string rawTarget)
    {
        if (!rawTarget.StartsWith('/'))
        {
            return null;
        }

        string path = rawTarget.Split('?')[0];
        string[] segments = path[1..].Split('/');
        for (int i = 0; i < segments.Length; i++)
        {
            segments[i] = Uri.UnescapeDataString(segments[i]);
        }

        // One slash at the end is not a segment, but an empty name in front of it is: /api/exchanges/%2F/ lists.
        return segments[^1].Length == 0 ? segments[..^1] : segments;
    }

    /// <summary>Finds the endpoint of a request.</summary>
    /// <param name="method">GET, PUT, POST, DELETE; HEAD counts as GET.</param>
    /// <param name="path">From <see cref="Split"/>.</param>
    /// <param name="values">What stands for the segments in braces.</param>
    /// <param name="allowed">The methods that the path has; empty when there is no such path.</param>
    public Route? Find(string method, string[] path, out Dictionary<string, string> values, out IReadOnlyList<string> allowed)
    {
        string wanted = method == "HEAD" ? "GET" : method;
        var others = new List<string>();
        foreach (Route route in _routes)
        {
            if (route.Match(path) is not { } matched)
            {
                continue;
            }

            if (route.Method == wanted)
            {
                values = matched;
                allowed = [];
                return route;
            }

            others.Add(route.Method);
        }

        values = [];
        allowed = others;
        return null;
    }
}
