using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Ropeway.Core;
using Ropeway.Core.Topology;
using Ropeway.Management.Endpoints;
using Ropeway.Management.Files;
using Ropeway.Management.Live;
using Ropeway.Management.Logs;
using Ropeway.Management.Metrics;
using Ropeway.Security;

namespace Ropeway.Management.Http;

/// <summary>
/// Takes every request: finds its endpoint, logs its user in, checks the user's tags, and turns faults into answers. A fault takes no other request with it. Any thread.
/// </summary>
internal sealed class ManagementApplication(Broker broker, ManagementOptions options, LiveState live) : IHttpApplication<HttpContext>
{
    private static readonly User Nobody = new(string.Empty, []);

    private readonly MetricPages _metrics = new(live);
    private readonly RequestAuthenticator _login = new(live);
    private readonly RouteTable _routes = new(ApiRoutes.All(live));
    private readonly Lazy<WebFiles> _web = new(static () => new WebFiles()); // Most brokers are never looked at with a browser.
    private readonly HashSet<int> _metricsPorts = PortsOfMetrics(options);
    private readonly ILogger _logger = options.Loggers.CreateLogger("Ropeway.Management");

    /// <inheritdoc/>
    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    /// <inheritdoc/>
    public void DisposeContext(HttpContext context, Exception? exception)
    {
    }

    /// <inheritdoc/>
    public async Task ProcessRequestAsync(HttpContext context)
    {
        ApiReply reply;
        try
        {
            reply = await AnswerAsync(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            return;
        }
        catch (Exception fault)
        {
            reply = ApiReply.Error(Explain(fault, context));
        }

        try
        {
            await reply.WriteAsync(context).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // Nobody waits for it any more.
        }
        catch (Exception fault)
        {
            ManagementLog.AnswerCut(_logger, fault, context.Request.Method, context.Request.Path);
            context.Abort(); // A part of an answer must not look like all of it.
        }
    }

    private static ApiReply? Refusal(User user, ApiAccess access) => AccessRules.Refusal(user, access) is { } refusal ? ApiReply.Error(refusal) : null;

    private async Task<ApiReply> AnswerAsync(HttpContext context)
    {
        if (_metricsPorts.Contains(context.Connection.LocalPort))
        {
            return FindMetrics(context.Request);
        }

        string[]? path = RouteTable.Split(context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget);
        IReadOnlyList<string> allowed = [];
        Dictionary<string, string> values = [];
        Route? route = path is null ? null : _routes.Find(context.Request.Method, path, out values, out allowed);
        if (route is null)
        {
            return allowed.Count > 0 ? ApiReply.MethodNotAllowed(allowed) : FindFile(context.Request, path) ?? throw ApiException.NotFound();
        }

        ApiRequest request;
        if (route.Access == ApiAccess.Everybody)
        {
            request = new ApiRequest(context, broker, live.Sampler, Nobody, values) { BodyBytesMax = route.BodyBytesMax };
        }
        else
        {
            RequestLogin login = await _login.LogInAsync(context, isActivity: !route.IsStream).ConfigureAwait(false);
            if ((login.Refusal ?? Refusal(login.User!, route.Access)) is { } refusal)
            {
                return refusal;
            }

            request = new ApiRequest(context, broker, live.Sampler, login.User!, values) { Session = login.Session, BodyBytesMax = route.BodyBytesMax };
        }

        return route switch
        {
            { IsAudited: true } => await NoteAsync(route, request, values).ConfigureAwait(false),
            { IsReading: true } => await NoteReadingAsync(route, request).ConfigureAwait(false),
            _ => await route.HandleAsync(request).ConfigureAwait(false),
        };
    }

    /// <summary>Answers, and notes who looked at how many messages of which queue, or was not permitted to.</summary>
    private async Task<ApiReply> NoteReadingAsync(Route route, ApiRequest request)
    {
        string queue = $"{request["vhost"]} {request["name"]}";
        try
        {
            ApiReply reply = await route.HandleAsync(request).ConfigureAwait(false);
            if (request.ShownCount is { } count)
            {
                live.Audit.AddReading(request.User.Name, request.Remote, queue, count, refusal: null);
            }

            return reply;
        }
        catch (ApiException fault) when (fault.Status == StatusCodes.Status403Forbidden)
        {
            live.Audit.AddReading(request.User.Name, request.Remote, queue, shownCount: 0, fault.Message);
            throw;
        }
    }

    /// <summary>Answers, and notes who did what, or tried to.</summary>
    private async Task<ApiReply> NoteAsync(Route route, ApiRequest request, Dictionary<string, string> values)
    {
        string? refusal = "it failed";
        try
        {
            ApiReply reply = await route.HandleAsync(request).ConfigureAwait(false);
            refusal = reply.Status < StatusCodes.Status400BadRequest ? null : $"{reply.Status}";
            return reply;
        }
        catch (Exception fault) when (fault is ApiException or RefusedException)
        {
            refusal = fault.Message;
            throw;
        }
        finally
        {
            live.Audit.Add(request.User.Name, request.Remote, ActNames.Of(route), request.ActObject ?? string.Join(' ', values.Values), refusal);
        }
    }

    /// <summary>A port that any listener for the API has too asks for a login.</summary>
    private static HashSet<int> PortsOfMetrics(ManagementOptions options) =>
    [
        .. options.Listeners.GroupBy(listener => listener.EndPoint.Port)
            .Where(port => port.All(listener => listener.Protocol == ListeningAddress.Metrics))
            .Select(port => port.Key),
    ];

    /// <summary>On a listener for metrics only: no login, and nothing else.</summary>
    private ApiReply FindMetrics(HttpRequest request) => request.Method is not "GET" and not "HEAD"
        ? ApiReply.MethodNotAllowed(["GET"])
        : _metrics.Find(request.Path.Value ?? string.Empty, name => [.. request.Query[name].OfType<string>()]) ?? throw ApiException.NotFound();

    private ApiReply? FindFile(HttpRequest request, string[]? path) => path is null ? null : _web.Value.Find(request, path);

    private ApiException Explain(Exception fault, HttpContext context)
    {
        switch (fault)
        {
            case ApiException api:
                return api;
            case RefusedException { Reason: RefusalReason.NotFound }:
                return ApiException.NotFound(fault.Message);
            case RefusedException { Reason: RefusalReason.AccessRefused }:
                return ApiException.NotAuthorised(fault.Message);
            case RefusedException:
                return ApiException.BadRequest(fault.Message);
            case BadHttpRequestException http:
                return new ApiException(http.StatusCode, "bad_request", http.Message);
            default:
                ManagementLog.RequestFailed(_logger, fault, context.Request.Method, context.Request.Path);
                return new ApiException(StatusCodes.Status500InternalServerError, "internal_error", "The broker could not do this; its log says why.");
        }
    }
}
