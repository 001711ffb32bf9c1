namespace Ropeway.Management.Findings;

/// <summary>The names of findings. Programs know them: they do not change.</summary>
internal static class FindingIds
{
    /// <summary>Messages wait and nobody consumes.</summary>
    public const string NoConsumer = "queue.no-consumer";

    /// <summary>Consumers hold messages and settle none.</summary>
    public const string Stalled = "queue.stalled";

    /// <summary>More comes in than goes out.</summary>
    public const string Growing = "queue.growing";

    /// <summary>A queue is nearly as long as it may be.</summary>
    public const string NearLimit = "queue.near-limit";

    /// <summary>Many messages end as dead letters.</summary>
    public const string Rejecting = "queue.rejecting";

    /// <summary>A message comes back again and again.</summary>
    public const string Poison = "message.poison";

    /// <summary>Messages lead to no queue.</summary>
    public const string Unroutable = "publish.unroutable";

    /// <summary>Publishers have to wait.</summary>
    public const string Slowed = "publish.slowed";

    /// <summary>The disk is nearly full, or will be.</summary>
    public const string DiskSpace = "disk.space";

    /// <summary>The disk takes long to make data durable.</summary>
    public const string DiskSync = "disk.sync";

    /// <summary>The process uses nearly as much memory as it may.</summary>
    public const string Memory = "memory";

    /// <summary>The broker cannot serve a queue.</summary>
    public const string Quarantined = "log.quarantined";

    /// <summary>Many logins are refused.</summary>
    public const string AuthFailures = "auth.failures";

    /// <summary>A client opens and closes connections all the time.</summary>
    public const string Churn = "connections.churn";

    /// <summary>A certificate ends soon.</summary>
    public const string TlsExpiry = "tls.expiry";

    /// <summary>The machine's clock was set.</summary>
    public const string Clock = "node.clock";
}
