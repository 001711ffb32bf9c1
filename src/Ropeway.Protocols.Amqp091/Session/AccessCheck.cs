using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Security;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>What one user may do in one virtual host; asks the broker's one authorisation function each time, so that changes act at once.</summary>
internal sealed class AccessCheck(Permissions permissions, User user, string host)
{
    /// <summary>Changes whenever any permission does.</summary>
    public long Version => permissions.Version;

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
}
