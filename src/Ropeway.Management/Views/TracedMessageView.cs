namespace Ropeway.Management.Views;

/// <summary>The life line of a message.</summary>
/// <param name="Vhost">Its virtual host.</param>
/// <param name="MessageId">Its message-id.</param>
/// <param name="Traceparent">The header, as the publisher wrote it.</param>
/// <param name="Received">Its coming.</param>
/// <param name="Routed">When all its queues had it.</param>
/// <param name="Safe">When it was on the disk: then its publisher was confirmed.</param>
/// <param name="Queues">Its stays in queues.</param>
/// <param name="LeftOut">Stays that were too many to be remembered.</param>
internal sealed record TracedMessageView(
    string Vhost,
    string? MessageId,
    string? Traceparent,
    TracedArrivalView Received,
    TracedTimeView Routed,
    TracedTimeView Safe,
    IReadOnlyList<TracedStayView> Queues,
    int LeftOut);
