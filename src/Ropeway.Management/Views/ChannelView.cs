namespace Ropeway.Management.Views;

/// <summary>An open channel.</summary>
internal sealed record ChannelView(
    string Name,
    int Number,
    string Node,
    string User,
    string Vhost,
    string State,
    bool Confirm,
    bool Transactional,
    int PrefetchCount,
    int GlobalPrefetchCount,
    int MessagesUnacknowledged,
    int ConsumerCount,
    string UserWhoPerformedAction,
    PeerView ConnectionDetails,
    IReadOnlyList<ConsumerView>? ConsumerDetails);
