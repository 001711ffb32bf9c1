namespace Ropeway.Management.Views;

/// <summary>A page of a queue's messages.</summary>
internal sealed record BrowsedPageView(
    IEnumerable<BrowsedMessageView> Messages,
    long Scanned,
    long ScannedBytes,
    int Matched,
    long? Next,
    long? Previous,
    bool Done,
    long Total);
