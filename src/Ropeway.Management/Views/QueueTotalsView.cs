namespace Ropeway.Management.Views;

/// <summary>Messages in all queues.</summary>
internal sealed record QueueTotalsView(
    long Messages,
    long MessagesReady,
    long MessagesUnacknowledged,
    RateView MessagesDetails,
    RateView MessagesReadyDetails,
    RateView MessagesUnacknowledgedDetails);
