namespace Ropeway.Management.Views;

/// <summary>A consumer of a stream and where it is.</summary>
/// <param name="ConsumerTag">Its name on the channel.</param>
/// <param name="Prefetch">Most messages it may hold; 0 for any number.</param>
/// <param name="Held">Messages that it has and did not acknowledge yet.</param>
/// <param name="Position">The offset that it gets next; null while its place is being looked for.</param>
/// <param name="Lag">Messages that are there for it and were not sent to it yet; null with <paramref name="Position"/>.</param>
/// <param name="LagS">How long ago the next of them came, in seconds, 0 when there is none; null when it is not known.</param>
/// <param name="ChannelDetails">Whose it is.</param>
internal sealed record StreamReaderView(
    string ConsumerTag,
    int Prefetch,
    int Held,
    long? Position,
    long? Lag,
    double? LagS,
    ConsumerChannelView ChannelDetails);
