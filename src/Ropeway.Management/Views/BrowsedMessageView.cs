namespace Ropeway.Management.Views;

/// <summary>A message that was looked at and stays where it is.</summary>
internal record BrowsedMessageView(
    long Sequence,
    DateTimeOffset Published,
    string Exchange,
    string RoutingKey,
    int Size,
    long Tries,
    bool Redelivered,
    bool Persistent,
    byte Priority,
    DateTimeOffset? Expires,
    string? Preview,
    HolderView? Holder,
    DateTimeOffset? Due);
