using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Topology;

namespace Ropeway.Management.Definitions;

/// <summary>Why a definition must not be deleted by an import or by taking one back, at this moment. Any thread.</summary>
/// <param name="broker">Where.</param>
/// <param name="user">Who asks.</param>
internal sealed class DefinitionUse(Broker broker, string user)
{
    private const string DefaultHost = "/";

    /// <summary>Somebody uses it.</summary>
    /// <returns>How, without figures, which would be others at the next look; null when nobody does.</returns>
    public string? InUse(DefinitionKey key)
    {
        switch (key.Section)
        {
            case "users":
                return key.Name == user ? "it is the user who asks" : broker.Connections.Entries.Any(entry => entry.User == key.Name) ? "it has open connections" : null;
            case "vhosts" when broker.VirtualHosts.TryGet(key.Name, out VirtualHost? host):
                return broker.Connections.Entries.Any(entry => entry.VirtualHost == key.Name) ? "it has open connections" : HasDelayed(host) ? "messages wait in it for their time" : null;
            case "exchanges" when FindExchange(key) is { Type: ExchangeType.DelayedMessage } && broker.VirtualHosts.TryGet(key.Vhost!, out VirtualHost? host):
                return HasDelayed(host) ? "messages wait in its virtual host for their time" : null;
            case "queues" when FindQueue(key) is { } queue:
                return queue.ConsumerCount > 0 ? "it has consumers" : queue.MessageCount + queue.UnackedCount + queue.DelayedCount > 0 ? "it has messages" : null;
            default:
                return null;
        }
    }

    /// <summary>It is a client's for the time being, or the broker's own, so that no file has to name it.</summary>
    /// <returns>What it is; null when it is neither.</returns>
    public string? NobodysToName(DefinitionKey key)
    {
        switch (key.Section)
        {
            case "vhosts":
                return key.Name == DefaultHost ? "it is the default virtual host" : null;
            case "exchanges":
                return IsAutoDelete(key) ? "it is auto-delete and goes with its last binding" : null;
            case "queues" when FindQueue(key) is { } queue:
                return queue.Settings.AutoDelete ? "it is auto-delete and goes with its last consumer"
                    : queue.Name.StartsWith(NameRules.ReservedPrefix, StringComparison.Ordinal) ? "its name was made for a client"
                    : null;
            case "bindings":
                return TakesExchangeAlong(key) ? "its exchange is auto-delete and might go with it" : null;
            default:
                return null;
        }
    }

    /// <summary>Whether the exchange that a binding is from could be deleted by the broker when the binding is.</summary>
    public bool TakesExchangeAlong(DefinitionKey binding) => binding.Destination is not null && IsAutoDelete(new DefinitionKey("exchanges", binding.Vhost, binding.Name));

    private static bool HasDelayed(VirtualHost host) => host.Delays is { Count: > 0 };

    private bool IsAutoDelete(DefinitionKey exchange) => FindExchange(exchange) is { Settings.AutoDelete: true };

    private Exchange? FindExchange(DefinitionKey key) => broker.VirtualHosts.TryGet(key.Vhost!, out VirtualHost? host) && host.TryGetExchange(key.Name, out Exchange? exchange) ? exchange : null;

    private Queue? FindQueue(DefinitionKey key) => broker.VirtualHosts.TryGet(key.Vhost!, out VirtualHost? host) && host.TryGetQueue(key.Name, out Queue? queue) ? queue : null;
}
