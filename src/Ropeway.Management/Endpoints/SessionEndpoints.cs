using System.Text;
using Microsoft.AspNetCore.Http;
using Ropeway.Management.Http;
using Ropeway.Management.Live;
using Ropeway.Management.Logs;
using Ropeway.Management.Sessions;
using Ropeway.Management.Views;
using Ropeway.Security;

namespace Ropeway.Management.Endpoints;

/// <summary><c>/api/ropeway/session</c>: signing in to the management page and out of it. <c>/api/login</c>: the same with RabbitMQ's form.</summary>
internal sealed class SessionEndpoints(LiveState live)
{
    private const int BodyBytesMax = 16 * 1024; // Whoever sends it is not known yet.

    private readonly RequestAuthenticator _login = new(live);

    /// <summary>The endpoints.</summary>
    public IEnumerable<Route> Routes =>
    [
        new("POST", "/api/ropeway/session", ApiAccess.Everybody, SignInAsync) { BodyBytesMax = BodyBytesMax, IsAudited = false },
        new("POST", "/api/login", ApiAccess.Everybody, LogInAsync) { BodyBytesMax = BodyBytesMax, IsAudited = false },
        new("GET", "/api/ropeway/session", ApiAccess.Management, Get),
        new("DELETE", "/api/ropeway/session", ApiAccess.Management, SignOut) { IsAudited = false },
    ];

    private async ValueTask<ApiReply> SignInAsync(ApiRequest request)
    {
        RefuseOtherSites(request);
        JsonBody body = await request.ReadBodyAsync().ConfigureAwait(false);
        using var password = new Secret(Encoding.UTF8.GetBytes(body.RequiredText("password")));
        (string? cookie, ApiReply? refusal) = await BeginAsync(request, body.RequiredText("username"), password).ConfigureAwait(false);
        return cookie is null ? refusal! : ApiReply.NoContent.With("set-cookie", cookie);
    }

    /// <summary>RabbitMQ's cookie holds the password; this one holds what nobody can sign in with elsewhere or later.</summary>
    private async ValueTask<ApiReply> LogInAsync(ApiRequest request)
    {
        RefuseOtherSites(request);
        IReadOnlyDictionary<string, string> form = await request.ReadFormAsync().ConfigureAwait(false);
        if (!form.TryGetValue("username", out string? name) || !form.TryGetValue("password", out string? given))
        {
            throw ApiException.NotAuthorised("username and password are expected as fields of a form (Content-Type: application/x-www-form-urlencoded)");
        }

        using var password = new Secret(Encoding.UTF8.GetBytes(given));
        (string? cookie, ApiReply? refusal) = await BeginAsync(request, name, password).ConfigureAwait(false);
        return cookie is null ? refusal! : ApiReply.Json("ok", ViewJson.Default.String).With("set-cookie", cookie);
    }

    private static void RefuseOtherSites(ApiRequest request)
    {
        if (RequestOrigin.IsOther(request.Context.Request))
        {
            throw ApiException.OtherSite("Sign in on a page of this server");
        }
    }

    /// <summary>Begins a session.</summary>
    /// <returns>Its cookie, or why there is none.</returns>
    private async ValueTask<(string? Cookie, ApiReply? Refusal)> BeginAsync(ApiRequest request, string name, Secret password)
    {
        (User? user, ApiReply? refusal) = await _login.VerifyAsync(request.Context, name, password).ConfigureAwait(false);
        if (user is null)
        {
            live.Audit.AddRefusedSignIn(name, request.Remote);
            return (null, refusal);
        }

        if (AccessRules.Refusal(user, ApiAccess.Management) is { } fault)
        {
            throw fault;
        }

        EndOld(request);
        string id = live.Sessions.Begin(user, request.Remote)
            ?? throw new ApiException(StatusCodes.Status503ServiceUnavailable, "busy", $"{SessionTable.CountMax} sessions are open; try again later");
        live.Audit.Add(user.Name, request.Remote, AuditLog.SignIn, string.Empty, refusal: null);
        return (SessionCookie.Set(request.Context, id), null);
    }

    private static ApiReply Get(ApiRequest request) => ApiReply.Json(
        new SessionView(request.User.Name, request.User.Tags, request.Session is { } session ? IsoTime.Of(session.Expires) : null), ViewJson.Default.SessionView);

    private ApiReply SignOut(ApiRequest request)
    {
        if (request.Session is { } session)
        {
            live.Sessions.End(session);
            live.Audit.Add(request.User.Name, request.Remote, "sign out", string.Empty, refusal: null);
        }

        return ApiReply.NoContent.With("set-cookie", SessionCookie.Clear(request.Context));
    }

    /// <summary>Who signs in again in the same browser has one session, and its id is a new one.</summary>
    private void EndOld(ApiRequest request)
    {
        if (SessionCookie.Read(request.Context) is { } id && live.Sessions.Find(id, request.Remote, isActivity: false) is { } old)
        {
            live.Sessions.End(old);
        }
    }
}
