namespace Ropeway.Core.Topology;

/// <summary>An operation was refused and changed nothing. The message is what the client is told, without any protocol's code.</summary>
/// <param name="reason">Which code a protocol chooses.</param>
/// <param name="text">What was wrong and what was expected.</param>
public sealed class RefusedException(RefusalReason reason, string text) : Exception(text)
{
    /// <summary>Which code a protocol chooses.</summary>
    public RefusalReason Reason { get; } = reason;
}
