namespace Ropeway.Management.Views;

/// <summary>A message that waits for its time.</summary>
internal sealed record DelayedMessageView(
    string Vhost,
    string Exchange,
    string? Queue,
    string RoutingKey,
    long Sequence,
    DateTimeOffset Due,
    DateTimeOffset Published,
    int Size,
    bool Persistent);
