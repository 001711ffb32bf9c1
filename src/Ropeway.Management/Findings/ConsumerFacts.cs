namespace Ropeway.Management.Findings;

/// <summary>What is known of one consumer. Immutable.</summary>
/// <param name="Connection">Its connection's name.</param>
/// <param name="Client">What the client calls itself; null when it says nothing.</param>
/// <param name="Tag">Its tag.</param>
/// <param name="Prefetch">Messages that it may hold; 0 for any number.</param>
internal sealed record ConsumerFacts(string Connection, string? Client, string Tag, int Prefetch)
{
    /// <summary>What people call it.</summary>
    public string Who => Client is null ? Connection : $"{Client} ({Connection})";
}
