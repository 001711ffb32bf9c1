using System.Text;
using Ropeway.Core.Delays;
using Ropeway.Core.Routing;
using Ropeway.Core.Routing.Explaining;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Messages;
using Ropeway.Management.Views;
using Ropeway.Messages;
using Ropeway.Security;

namespace Ropeway.Management.Endpoints;

/// <summary>Where a message would go, without publishing it. Whoever sees the bindings of a virtual host may ask.</summary>
internal static class RoutingEndpoints
{
    /// <summary>The endpoints.</summary>
    public static IEnumerable<Route> Routes => [new("POST", "/api/ropeway/routing/explain", ApiAccess.Management, ExplainAsync) { IsAudited = false }];

    private static async ValueTask<ApiReply> ExplainAsync(ApiRequest request)
    {
        JsonBody body = await request.ReadBodyAsync().ConfigureAwait(false);
        VirtualHost host = request.Host(body.RequiredText("vhost"));
        string name = ExchangeEndpoints.NameOf(body.RequiredText("exchange"));
        if (!host.TryGetExchange(name, out Exchange? exchange))
        {
            throw ApiException.NotFound($"no {RefusalTexts.Exchange(name, host.Name)}");
        }

        byte[] routingKey = Encoding.UTF8.GetBytes(body.Text("routing_key") ?? string.Empty);
        if (routingKey.Length > byte.MaxValue)
        {
            ApiException.ThrowBadRequest($"'routing_key' has {routingKey.Length} bytes, at most {byte.MaxValue} are allowed");
        }

        FieldTable properties = PropertyTable.Read(body.ObjectOrEmpty("properties"));
        if (body.Arguments("headers") is { } headers)
        {
            properties["headers"] = headers;
        }

        return Explain(request, exchange, PublisherOf(request, body.Text("user")), routingKey, PropertyTable.Encode(properties));
    }

    private static ApiReply Explain(ApiRequest request, Exchange exchange, User publisher, byte[] routingKey, byte[] properties)
    {
        var read = ContentProperties.Read(properties);
        DelayHeaders delay = default;
        if (!CopyKeys.TryRead(read.Headers, out CopyKeys copies, out string? problem)
            || !DelayHeaders.TryRead(read.Headers, request.Broker.Time.GetUtcNow().ToUnixTimeMilliseconds(), out delay, out problem))
        {
            ApiException.ThrowBadRequest($"the message would be refused: {problem}");
        }

        string? refused = RefusalOf(request, exchange, publisher, routingKey, copies);
        var explanation = RouteExplanation.Of(exchange, new RouteRequest(routingKey, read.Headers)
        {
            Copies = copies,
            IsDelayed = delay is { DueMs: 0, ExchangeDueMs: > 0 },
            CorrelationId = read.CorrelationId,
            MessageId = read.MessageId,
            TimestampSeconds = read.TimestampSeconds,
        });
        bool isHeld = delay.DueMs != 0 || explanation.Holders.Count > 0;
        IEnumerable<string> holders = delay.DueMs != 0 ? [exchange.Name] : explanation.Holders.Select(holder => holder.Name);
        var view = new RouteExplanationView(
            explanation.Queues.Select(queue => queue.Name),
            explanation.Queues.Count == 0,
            explanation.Steps.Select(ViewOf),
            explanation.MoreSteps,
            explanation.Alternates.Select(alternate => alternate.Name),
            holders,
            isHeld ? TimeOf(delay.HeldUntilMs) : null,
            refused);
        return ApiReply.Json(view, ActJson.Default.RouteExplanationView);
    }

    /// <summary>Who would publish. Only an administrator asks for others.</summary>
    private static User PublisherOf(ApiRequest request, string? name)
    {
        if (name is null || name == request.User.Name)
        {
            return request.User;
        }

        if (!request.IsAdministrator)
        {
            throw ApiException.Forbidden($"user '{request.User.Name}' lacks the tag administrator, which it takes to ask for user '{name}'");
        }

        return request.Broker.Users.TryGet(name, out User? user) ? user : throw ApiException.NotFound($"no user '{name}'");
    }

    /// <summary>Why the broker would not take the message from this publisher; null when it would.</summary>
    private static string? RefusalOf(ApiRequest request, Exchange exchange, User publisher, byte[] routingKey, CopyKeys copies)
    {
        Permissions permissions = request.Broker.Permissions;
        string host = exchange.Host.Name;
        string resource = RefusalTexts.Exchange(exchange.Name, host);
        if (!permissions.CanEnter(publisher, host))
        {
            return RefusalTexts.VirtualHostAccess(host, publisher.Name);
        }

        if (!permissions.Authorize(publisher, host, AccessOperation.Write, exchange.Name))
        {
            return RefusalTexts.ResourceAccess("write", resource, publisher.Name);
        }

        if (exchange.Internal)
        {
            return RefusalTexts.InternalExchange(exchange.Name, host);
        }

        string? refused = KeyRefusal(permissions, exchange, publisher, routingKey);
        foreach (ReadOnlySpan<byte> key in copies)
        {
            refused ??= KeyRefusal(permissions, exchange, publisher, key);
        }

        return refused;
    }

    private static string? KeyRefusal(Permissions permissions, Exchange exchange, User publisher, ReadOnlySpan<byte> key)
    {
        string text = Encoding.UTF8.GetString(key);
        return exchange.Type != ExchangeType.Topic || permissions.Topics.Authorize(publisher, exchange.Host.Name, AccessOperation.Write, exchange.Name, text)
            ? null
            : $"write access to topic '{text}' in {RefusalTexts.Exchange(exchange.Name, exchange.Host.Name)} refused for user '{publisher.Name}'";
    }

    private static RouteStepView ViewOf(RouteStep step) => new(
        step.Exchange.Name,
        ExchangeTypes.GetName(step.Exchange.Type),
        step.Binding is { } binding ? new RouteBindingView(binding.RoutingKey, binding.Arguments ?? [], binding.PropertiesKey) : null,
        step.Destination,
        step.IsQueue ? "queue" : "exchange",
        step.IsMatched,
        step.Why);

    /// <summary>Times beyond the year 9999 count as its end.</summary>
    private static DateTimeOffset TimeOf(long timeMs) => DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(timeMs, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
}
