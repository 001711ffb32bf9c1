namespace Ropeway.Management.Views;

/// <summary>What came and went since the start, and how fast over the last step.</summary>
internal sealed record ChurnView(
    long ChannelClosed,
    RateView ChannelClosedDetails,
    long ChannelCreated,
    RateView ChannelCreatedDetails,
    long ConnectionClosed,
    RateView ConnectionClosedDetails,
    long ConnectionCreated,
    RateView ConnectionCreatedDetails,
    long QueueCreated,
    RateView QueueCreatedDetails,
    long QueueDeclared,
    RateView QueueDeclaredDetails,
    long QueueDeleted,
    RateView QueueDeletedDetails);
