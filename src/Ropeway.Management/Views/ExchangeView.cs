using Ropeway.Messages;

namespace Ropeway.Management.Views;

/// <summary>An exchange.</summary>
internal sealed record ExchangeView(
    string Name,
    string Vhost,
    string Type,
    bool Durable,
    bool AutoDelete,
    bool Internal,
    FieldTable Arguments)
{
    /// <summary>What was published to it; null when nothing was, and where definitions are exported.</summary>
    public IReadOnlyDictionary<string, object>? MessageStats { get; init; }

    /// <summary>Publishes by channel: not counted; null but for a single exchange.</summary>
    public IReadOnlyList<string>? Incoming { get; init; }

    /// <summary>Publishes by queue: not counted; null but for a single exchange.</summary>
    public IReadOnlyList<string>? Outgoing { get; init; }
}
