using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Kills;

/// <summary>Names of the queues and exchanges of a kill run.</summary>
internal static class KillTopology
{
    public const string Direct = "kill.direct";
    public const string Fanout = "kill.fanout";
    public const string Churn = "kill.churn";

    /// <summary>One consumer, nothing requeued: strictly ordered even after a crash.</summary>
    public const string Plain = "kill.plain";

    /// <summary>Several consumers that requeue, close, and vanish.</summary>
    public const string Shared = "kill.shared";

    /// <summary>Fetched with get, and recovered.</summary>
    public const string Fetched = "kill.fetched";

    /// <summary>No consumer until the end: nothing in it may ever be flagged.</summary>
    public const string Silent = "kill.silent";

    /// <summary>Two queues behind the fanout exchange.</summary>
    public const string Left = "kill.left";
    public const string Right = "kill.right";

    /// <summary>Takes the publishes whose confirms settle a consumer's acks.</summary>
    public const string Receipts = "kill.receipts";

    /// <summary>All queues that the history follows.</summary>
    public static IReadOnlyList<string> Tracked { get; } = [Plain, Shared, Fetched, Silent, Left, Right];

    /// <summary>Declares and binds all of it.</summary>
    public static void Declare(BrokerEndpoint endpoint)
    {
        using WireConnection connection = WireConnection.Open(endpoint);
        connection.OpenChannel(1);
        connection.DeclareExchange(1, Direct, "direct");
        connection.DeclareExchange(1, Fanout, "fanout");
        connection.DeclareExchange(1, Churn, "direct");
        connection.DeclareQueue(1, Receipts);
        foreach (string queue in Tracked)
        {
            connection.DeclareQueue(1, queue);
            connection.BindQueue(1, queue, Direct, queue[(queue.LastIndexOf('.') + 1)..]);
        }

        connection.BindQueue(1, Left, Fanout, "");
        connection.BindQueue(1, Right, Fanout, "");
        connection.Close();
    }
}
