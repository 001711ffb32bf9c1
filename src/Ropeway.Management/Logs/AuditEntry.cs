namespace Ropeway.Management.Logs;

/// <summary>Somebody has changed something or read messages, or tried to. Immutable.</summary>
/// <param name="Time">When, the last time.</param>
/// <param name="User">Who.</param>
/// <param name="Address">From where.</param>
/// <param name="Act">What was done, in words.</param>
/// <param name="Object">To what.</param>
/// <param name="Result"><c>done</c>, or <c>refused</c> and why.</param>
/// <param name="Count">How often, one after the other.</param>
internal sealed record AuditEntry(DateTimeOffset Time, string User, string Address, string Act, string Object, string Result, int Count)
{
    /// <summary>When, the first time.</summary>
    public DateTimeOffset Since { get; init; } = Time;

    /// <summary>How many messages were shown; null for what is no reading of messages.</summary>
    public long? Messages { get; init; }
}
