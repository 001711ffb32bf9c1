using System.Text;
using Ropeway.Core.Routing;
using Ropeway.Core.Topology;
using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Security;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>What one user may do in one virtual host; asks the broker's one authorisation function each time, so that changes act at once.</summary>
internal sealed class AccessCheck(Permissions permissions, User user, string host)
{
    /// <summary>Changes whenever any permission does.</summary>
    public long Version => permissions.Version;

    /// <summary>Whether the user may publish with the user-id of another.</summary>
    public bool MayImpersonate { get; } = user.HasTag(UserTags.Impersonator);

    /// <summary>Refuses with 403 unless the user may do this with the queue.</summary>
    public void RequireQueue(AccessOperation operation, string name, MethodId method)
    {
        if (!permissions.Authorize(user, host, operation, name))
        {
            throw new ProtocolException(ErrorTexts.AccessRefused(ErrorTexts.Queue(name, host), user.Name) with { Method = method });
        }
    }

    /// <summary>Refuses with 403 unless the user may do this with the exchange.</summary>
    public void RequireExchange(AccessOperation operation, string name, MethodId method)
    {
        if (!permissions.Authorize(user, host, operation, name))
        {
            string shown = name.Length == 0 ? "amq.default" : name;
            throw new ProtocolException(ErrorTexts.AccessRefused(ErrorTexts.Exchange(shown, host), user.Name) with { Method = method });
        }
    }

    /// <summary>Refuses with 403 unless the user may bind from the exchange with this routing key. That there is such an exchange is seen later.</summary>
    public void RequireSource(VirtualHost source, string name, ReadOnlySpan<byte> routingKey, MethodId method)
    {
        RequireExchange(AccessOperation.Read, name, method);
        if (source.TryGetExchange(name, out Exchange? exchange))
        {
            RequireTopic(AccessOperation.Read, exchange, routingKey, method);
        }
    }

    /// <summary>Refuses with 403 unless the user may use this routing key of the exchange, when that is a topic exchange. Allocates nothing where nothing is restricted.</summary>
    /// <param name="operation"><see cref="AccessOperation.Write"/> to publish, <see cref="AccessOperation.Read"/> to bind.</param>
    /// <param name="exchange">The exchange, of any type.</param>
    /// <param name="routingKey">The key or pattern, UTF-8.</param>
    /// <param name="method">What the client asked for.</param>
    public void RequireTopic(AccessOperation operation, Exchange exchange, ReadOnlySpan<byte> routingKey, MethodId method)
    {
        if (exchange.Type != ExchangeType.Topic || !permissions.Topics.HasRules(user, host, exchange.Name))
        {
            return;
        }

        string key = Encoding.UTF8.GetString(routingKey);
        if (!permissions.Topics.Authorize(user, host, operation, exchange.Name, key))
        {
            string resource = $"topic '{key}' in {ErrorTexts.Exchange(exchange.Name, host)}";
            throw new ProtocolException(ErrorTexts.AccessRefused(resource, user.Name) with { Method = method });
        }
    }
}
