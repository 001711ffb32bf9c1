using System.Globalization;
using Microsoft.AspNetCore.Http;
using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Endpoints;

/// <summary>Health checks: 200 <c>{"status": "ok"}</c>, or 503 with the reason.</summary>
internal sealed class HealthEndpoints(ManagementOptions options)
{
    private const int WithinDaysMax = 100 * 365;

    /// <summary>The endpoints.</summary>
    public IEnumerable<Route> Routes =>
    [
        new("GET", "/api/aliveness-test/{vhost}", ApiAccess.Management, Alive),
        new("GET", "/api/healthchecks/node", ApiAccess.Management, Alarms),
        new("GET", "/api/healthchecks/node/{node}", ApiAccess.Management, NodeAlarms),
        new("GET", "/api/health/checks/alarms", ApiAccess.Management, Alarms),
        new("GET", "/api/health/checks/local-alarms", ApiAccess.Management, Alarms),
        new("GET", "/api/health/checks/virtual-hosts", ApiAccess.Management, Ready),
        new("GET", "/api/health/checks/ready-to-serve-clients", ApiAccess.Management, Ready),
        new("GET", "/api/health/checks/is-in-service", ApiAccess.Management, Ready),
        new("GET", "/api/health/checks/node-is-mirror-sync-critical", ApiAccess.Management, Alone),
        new("GET", "/api/health/checks/node-is-quorum-critical", ApiAccess.Management, Alone),
        new("GET", "/api/health/checks/storage", ApiAccess.Monitoring, Storage),
        new("GET", "/api/health/checks/certificate-expiration/{within}/{unit}", ApiAccess.Management, Certificates),
        new("GET", "/api/health/checks/port-listener/{port}", ApiAccess.Management, PortListener),
        new("GET", "/api/health/checks/protocol-listener/{protocol}", ApiAccess.Management, ProtocolListener),
    ];

    private static ApiReply Ready(ApiRequest request) => Reply(new StatusView("ok"));

    /// <summary>No queue depends on this node beside others.</summary>
    private static ApiReply Alone(ApiRequest request) => Reply(new StatusView("ok", "single node cluster"));

    private static ApiReply NodeAlarms(ApiRequest request) => request["node"] == request.Broker.NodeName ? Alarms(request) : throw ApiException.NotFound();

    /// <summary>Since RabbitMQ 4 this says only that the virtual host is there; it declares and publishes nothing.</summary>
    private static ApiReply Alive(ApiRequest request)
    {
        request.Host();
        return Reply(new StatusView("ok"));
    }

    private static ApiReply Alarms(ApiRequest request) =>
        Reply((request.Broker.Admission.Reason ?? request.Broker.Durability.CongestionReason) is { } reason ? new StatusView("failed", reason) : new StatusView("ok"));

    /// <summary>Not RabbitMQ's: what the scrubbing of files at rest has found.</summary>
    private static ApiReply Storage(ApiRequest request)
    {
        var view = StorageView.Of(request.Broker.Durability.CheckStorage());
        return ApiReply.Json(view, ViewJson.Default.StorageView, view.Status == "ok" ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private static ApiReply Reply(StatusView view) => ApiReply.Json(
        view, ViewJson.Default.StatusView, view.Status == "ok" ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);

    /// <summary>Whether all certificates of listeners stay valid for a time.</summary>
    private ApiReply Certificates(ApiRequest request)
    {
        int days = request["unit"] switch
        {
            "day" or "days" => 1,
            "week" or "weeks" => 7,
            "month" or "months" => 30,
            "year" or "years" => 365,
            _ => throw ApiException.BadRequest("Invalid expiration unit."),
        };
        if (!int.TryParse(request["within"], NumberStyles.None, CultureInfo.InvariantCulture, out int within) || within > WithinDaysMax / days)
        {
            ApiException.ThrowBadRequest($"the time must be a number of at most {WithinDaysMax} days");
        }

        DateTimeOffset end = request.Broker.Time.GetUtcNow().AddDays((long)within * days);
        string[] expiring =
        [
            .. from listener in options.Listeners
               from certificate in listener.Certificates?.Invoke() ?? []
               where certificate.End < end
               select $"{listener.Protocol} on port {listener.EndPoint.Port}: {certificate.End:yyyy-MM-ddTHH:mm:ssZ}",
        ];
        return Reply(expiring.Length == 0 ? new StatusView("ok") : new StatusView("failed", $"Certificates expiring: {string.Join(", ", expiring)}"));
    }

    private ApiReply PortListener(ApiRequest request)
    {
        if (!int.TryParse(request["port"], NumberStyles.None, CultureInfo.InvariantCulture, out int port))
        {
            ApiException.ThrowBadRequest("the port must be a number");
        }

        return Reply(options.Listeners.Any(listener => listener.EndPoint.Port == port)
            ? new StatusView("ok", Port: port)
            : new StatusView("failed", "No active listener", Missing: port, Ports: [.. options.Listeners.Select(listener => listener.EndPoint.Port).Distinct()]));
    }

    private ApiReply ProtocolListener(ApiRequest request)
    {
        string wanted = request["protocol"].ToLowerInvariant();
        string protocol = wanted switch
        {
            "amqp091" or "amqp0.9.1" => "amqp",
            "amqp/ssl" or "amqp091/ssl" => "amqps",
            _ => wanted,
        };
        if (options.Listeners.Any(listener => listener.Protocol == protocol))
        {
            return Reply(new StatusView("ok", Protocol: request["protocol"]));
        }

        string[] protocols = [.. options.Listeners.Select(listener => listener.Protocol).Distinct(StringComparer.Ordinal)];
        var view = new ProtocolStatusView("failed", "No active listener", request["protocol"], protocols);
        return ApiReply.Json(view, ViewJson.Default.ProtocolStatusView, StatusCodes.Status503ServiceUnavailable);
    }
}
