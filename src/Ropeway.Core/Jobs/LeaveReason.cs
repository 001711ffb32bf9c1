namespace Ropeway.Core.Jobs;

/// <summary>Why a job has left a message where it was.</summary>
internal static class LeaveReason
{
    /// <summary>It does not tell where it came from, or that queue is not there any more.</summary>
    public const string Unknown = "unknown";

    /// <summary>The exchange led to no queue.</summary>
    public const string Unroutable = "unroutable";

    /// <summary>A queue would not take it.</summary>
    public const string Refused = "refused";

    /// <summary>The user may not publish with this routing key.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>It was named and does not wait in the queue.</summary>
    public const string Missing = "missing";
}
