namespace Ropeway.Server.Bench;

/// <summary>The exchange that a load run publishes to.</summary>
internal enum RoutingKind
{
    /// <summary>The default exchange: the routing key is the queue's name.</summary>
    Default,

    /// <summary>A direct exchange with one binding per queue.</summary>
    Direct,

    /// <summary>A fanout exchange: every queue gets every message.</summary>
    Fanout,

    /// <summary>A topic exchange: each message matches one of many bindings.</summary>
    Topic,
}
