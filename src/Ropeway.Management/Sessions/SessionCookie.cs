using Microsoft.AspNetCore.Http;

namespace Ropeway.Management.Sessions;

/// <summary>
/// The cookie that carries a session's id: no script can read it and no other site can send it. Its name has the port, because browsers share
/// cookies among the ports of a host. Pure; any thread.
/// </summary>
internal static class SessionCookie
{
    private const int IdCharsMax = 64;

    /// <summary>The id that the request carries, or null.</summary>
    public static string? Read(HttpContext context) =>
        context.Request.Cookies.TryGetValue(NameOf(context), out string? id) && id.Length is > 0 and <= IdCharsMax ? id : null;

    /// <summary>The header's value that gives the browser an id until it is closed.</summary>
    public static string Set(HttpContext context, string id) => $"{NameOf(context)}={id}{AttributesOf(context)}";

    /// <summary>The header's value that takes it away.</summary>
    public static string Clear(HttpContext context) => $"{NameOf(context)}={AttributesOf(context)}; Max-Age=0";

    private static string NameOf(HttpContext context) => $"{(context.Request.IsHttps ? "__Host-" : string.Empty)}ropeway-{context.Connection.LocalPort}";

    private static string AttributesOf(HttpContext context) => $"; Path=/; HttpOnly; SameSite=Strict{(context.Request.IsHttps ? "; Secure" : string.Empty)}";
}
