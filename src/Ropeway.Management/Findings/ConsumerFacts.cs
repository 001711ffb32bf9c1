namespace Ropeway.Management.Findings;

/// <summary>What is known of one consumer. Immutable.</summary>
/// <param name="Connection">Its connection's name.</param>
/// <param name="Client">What the client calls itself; null when it says nothing.</param>
/// <param name="Tag">Its tag.</param>
/// <param name="Prefetch">Messages that it may hold; 0 for any number.</param>
internal sealed record ConsumerFacts(string Connection, string? Client, string Tag, int Prefetch)
{
    /// <summary>How many messages it, or its channel, holds when that is all that it may; else 0.</summary>
    public int HeldAtLimit { get; init; }

    /// <summary>Seconds since it last was done with a message; null when it never was.</summary>
    public double? SettledSeconds { get; init; }

    /// <summary>Bytes that its connection has not taken for seconds, so that it gets no more; 0 when it takes what comes.</summary>
    public long BackloggedBytes { get; init; }

    /// <summary>What people call it.</summary>
    public string Who => Client is null ? Connection : $"{Client} ({Connection})";
}
