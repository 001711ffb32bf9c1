using System.Diagnostics;

namespace Ropeway.Core.Tracing;

/// <summary>The attributes of spans: OpenTelemetry's semantic conventions for messaging.</summary>
internal static class SpanNames
{
    /// <summary>Names the message and where it is.</summary>
    /// <param name="activity">Gets them.</param>
    /// <param name="line">The message.</param>
    /// <param name="destination">The exchange, or the queue.</param>
    /// <param name="operation">What is done.</param>
    /// <param name="type">The kind of that in the conventions; null when they have none.</param>
    public static void AddTo(Activity activity, LifeLine line, string destination, string operation, string? type)
    {
        activity.SetTag("messaging.system", "ropeway");
        activity.SetTag("messaging.destination.name", destination);
        activity.SetTag("messaging.operation.name", operation);
        if (type is not null)
        {
            activity.SetTag("messaging.operation.type", type);
        }

        AddMessage(activity, line.MessageId, line.RoutingKey, line.BodyBytes);
        activity.SetTag("ropeway.vhost", line.Host);
    }

    private static void AddMessage(Activity activity, string? messageId, string routingKey, int bodyBytes)
    {
        if (messageId is not null)
        {
            activity.SetTag("messaging.message.id", messageId);
        }

        activity.SetTag("messaging.rabbitmq.destination.routing_key", routingKey);
        activity.SetTag("messaging.message.body.size", bodyBytes);
    }
}
