namespace Ropeway.Management.Views;

/// <summary>The channel of a consumer, in short.</summary>
internal sealed record ConsumerChannelView(
    string Name,
    int Number,
    string ConnectionName,
    string Node,
    string PeerHost,
    int PeerPort,
    string User);
