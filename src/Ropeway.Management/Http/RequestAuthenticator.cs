using System.Net;
using Microsoft.AspNetCore.Http;
using Ropeway.Management.Live;
using Ropeway.Management.Sessions;
using Ropeway.Security;

namespace Ropeway.Management.Http;

/// <summary>Finds out who is behind a request: by name and password in the header, which tools send, or by the cookie of a session. Any thread.</summary>
internal sealed class RequestAuthenticator(LiveState live)
{
    /// <summary>Logs the user of a request in.</summary>
    /// <param name="context">The request.</param>
    /// <param name="isActivity">Whether it keeps its session alive.</param>
    public async ValueTask<RequestLogin> LogInAsync(HttpContext context, bool isActivity)
    {
        using Secret? password = BasicCredentials.Read(context.Request.Headers.Authorization, out string name);
        if (password is null)
        {
            return context.Request.Headers.Authorization.Count == 0 && SessionCookie.Read(context) is { } id
                ? FindSession(context, id, isActivity)
                : new RequestLogin(User: null, Session: null, Ask(context, fault: null));
        }

        if (!IsSafe(context.Request) && RequestOrigin.IsOther(context.Request))
        {
            // A browser that once asked for the password sends it along with whatever form a page of any site has it send.
            return Refused(ApiException.OtherSite("A request of a browser that changes something must come from a page of this server: Sec-Fetch-Site same-origin, or an Origin that is this host"));
        }

        (User? user, ApiReply? refusal) = await VerifyAsync(context, name, password).ConfigureAwait(false);
        return new RequestLogin(user, Session: null, refusal);
    }

    /// <summary>Checks a name and password. The answer and its time are the same for a user that is not there.</summary>
    /// <returns>The user, or why it is refused.</returns>
    public async ValueTask<(User? User, ApiReply? Refusal)> VerifyAsync(HttpContext context, string name, Secret password)
    {
        IPAddress remote = context.Connection.RemoteIpAddress!;
        LoginResult login = await live.Broker.Authenticator.AuthenticateAsync(name, password, remote, context.RequestAborted).ConfigureAwait(false);
        live.Broker.LoginAttempts.Count("http", isSuccess: login.User is not null);
        return login.User is { } user ? (user, null) : (null, Refuse(context, name, remote, login));
    }

    private RequestLogin FindSession(HttpContext context, string id, bool isActivity)
    {
        HttpRequest request = context.Request;
        if (live.Sessions.Find(id, context.Connection.RemoteIpAddress!, isActivity) is not { } session)
        {
            return Refused(new ApiException(StatusCodes.Status401Unauthorized, "not_authorized", "The session has ended; sign in again"));
        }

        bool isSafe = IsSafe(request);
        if (RequestOrigin.IsOther(request) || (!isSafe && !RequestOrigin.IsSame(request)))
        {
            return Refused(ApiException.OtherSite("A request with a session must come from a page of this server: Sec-Fetch-Site same-origin, or an Origin that is this host"));
        }

        return isSafe || RequestOrigin.IsMarked(request)
            ? new RequestLogin(session.User.User, session, Refusal: null)
            : Refused(ApiException.OtherSite($"A request with a session that changes something needs the header '{RequestOrigin.Marker}: 1'"));
    }

    private static bool IsSafe(HttpRequest request) => request.Method is "GET" or "HEAD";

    private static RequestLogin Refused(ApiException fault) => new(User: null, Session: null, ApiReply.Error(fault));

    /// <summary>Browsers ask the user for a password themselves when they are challenged, which a page does not want.</summary>
    private static ApiReply Ask(HttpContext context, ApiException? fault) => RequestOrigin.IsScript(context.Request)
        ? ApiReply.Error(fault ?? new ApiException(StatusCodes.Status401Unauthorized, "not_authorized", "Sign in first"))
        : ApiReply.Challenge(fault);

    private ApiReply Refuse(HttpContext context, string name, IPAddress remote, LoginResult login)
    {
        ManagementLog.LoginRefused(live.Logger, name, remote, login.Status.ToString());
        switch (login.Status)
        {
            case LoginStatus.Delayed:
                int seconds = (int)Math.Ceiling(login.RetryAfter.TotalSeconds);
                ApiReply reply = ApiReply.Error(new ApiException(StatusCodes.Status429TooManyRequests, "too_many_requests", $"Too many failed logins; the next is looked at in {seconds} s"));
                return reply.With("retry-after", $"{seconds}");
            case LoginStatus.Busy:
                return ApiReply.Error(new ApiException(StatusCodes.Status503ServiceUnavailable, "busy", "Too many logins wait to be verified"));
            case LoginStatus.LoopbackOnly:
                return Ask(context, new ApiException(StatusCodes.Status401Unauthorized, "not_authorized", "User can only log in via localhost"));
            default:
                return Ask(context, new ApiException(StatusCodes.Status401Unauthorized, "not_authorized", "Login failed"));
        }
    }
}
