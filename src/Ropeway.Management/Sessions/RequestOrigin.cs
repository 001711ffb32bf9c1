using Microsoft.AspNetCore.Http;

namespace Ropeway.Management.Sessions;

/// <summary>Where a request comes from, as the browser tells it: a page of this server, or one of another site that wants to use its cookie. Pure; any thread.</summary>
internal static class RequestOrigin
{
    /// <summary>The header that pages of other sites cannot send without asking first. Its value is 1.</summary>
    public const string Marker = "X-Ropeway";

    /// <summary>Whether the request has <see cref="Marker"/>.</summary>
    public static bool IsMarked(HttpRequest request) => request.Headers[Marker] == "1";

    /// <summary>Whether a script in a browser made the request: it is not to be answered in a way that has the browser ask for a password.</summary>
    public static bool IsScript(HttpRequest request) =>
        IsMarked(request) || request.Headers["Sec-Fetch-Dest"] == "empty" || request.Headers.Accept == "text/event-stream";

    /// <summary>Whether the browser says that the page is of this server.</summary>
    public static bool IsSame(HttpRequest request) => Claim(request) == true;

    /// <summary>Whether the browser says that the page is of another site. Tools say nothing.</summary>
    public static bool IsOther(HttpRequest request) => Claim(request) == false;

    /// <summary>Null when nothing is said. The port counts, the scheme does not: a proxy may end TLS before us.</summary>
    private static bool? Claim(HttpRequest request)
    {
        string site = request.Headers["Sec-Fetch-Site"].ToString();
        if (site.Length > 0)
        {
            return site == "same-origin";
        }

        string origin = request.Headers.Origin.ToString();
        return origin.Length == 0 ? null : Uri.TryCreate(origin, UriKind.Absolute, out Uri? page) && string.Equals(page.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase);
    }
}
