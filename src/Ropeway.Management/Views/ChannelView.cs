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
    IReadOnlyList<ConsumerView>? ConsumerDetails)
{
    /// <summary>What has happened to its messages; null when nothing has.</summary>
    public IReadOnlyDictionary<string, object>? MessageStats { get; init; }

    /// <summary>Publishes that wait for their confirm.</summary>
    public long MessagesUnconfirmed { get; init; }

    /// <summary>Publishes that wait for the commit of a transaction.</summary>
    public int MessagesUncommitted { get; init; }

    /// <summary>Acknowledgements that wait for the commit of a transaction.</summary>
    public int AcksUncommitted { get; init; }

    /// <summary>Since when nothing has happened to its messages; null when something does.</summary>
    public string? IdleSince { get; init; }

    /// <summary>Publishes by exchange: not counted; null but for a single channel.</summary>
    public IReadOnlyList<string>? Publishes { get; init; }

    /// <summary>Deliveries by queue: not counted; null but for a single channel.</summary>
    public IReadOnlyList<string>? Deliveries { get; init; }
}
