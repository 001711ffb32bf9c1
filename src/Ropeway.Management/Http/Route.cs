namespace Ropeway.Management.Http;

/// <summary>One endpoint.</summary>
/// <param name="Method">GET, PUT, POST or DELETE.</param>
/// <param name="Pattern">A path whose segments in braces stand for any text, for example <c>/api/vhosts/{vhost}</c>.</param>
/// <param name="Access">Who may call it.</param>
/// <param name="HandleAsync">Does the work. May throw <see cref="ApiException"/> and Core's <see cref="Core.Topology.RefusedException"/>.</param>
internal sealed record Route(string Method, string Pattern, ApiAccess Access, Func<ApiRequest, ValueTask<ApiReply>> HandleAsync)
{
    private readonly string[] _segments = Pattern.Split('/', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>An endpoint that answers at once.</summary>
    public Route(string method, string pattern, ApiAccess access, Func<ApiRequest, ApiReply> handle)
        : this(method, pattern, access, request => ValueTask.FromResult(handle(request)))
    {
    }

    /// <summary>Longest body that is read, in bytes.</summary>
    public int BodyBytesMax { get; init; } = ManagementLimits.BodyBytesMax;

    /// <summary>The answer goes on until the client leaves: asking for it does not keep a session alive.</summary>
    public bool IsStream { get; init; }

    /// <summary>Whether each call is noted as an act of its user; false where nothing of the broker changes, and where the endpoint notes it itself.</summary>
    public bool IsAudited { get; init; } = Method != "GET";

    /// <summary>Whether it shows messages of a queue, which is noted as well: how many, once a minute. The endpoint says how many in <see cref="ApiRequest.ShownCount"/>.</summary>
    public bool IsReading { get; init; }

    /// <summary>Compares a path.</summary>
    /// <param name="path">Its segments, decoded.</param>
    /// <returns>What stands for the segments in braces; null when the path is another.</returns>
    public Dictionary<string, string>? Match(string[] path)
    {
        if (path.Length != _segments.Length)
        {
            return null;
        }

        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (int i = 0; i < path.Length; i++)
        {
            string segment = _segments[i];
            if (segment[0] == '{')
            {
                values.Add(segment[1..^1], path[i]);
            }
            else if (segment != path[i])
            {
                return null;
            }
        }

        return values;
    }
}
