using Ropeway.Messages;

namespace Ropeway.Management.Views;

/// <summary>A consumer.</summary>
internal sealed record ConsumerView(
    QueueNameView Queue,
    string ConsumerTag,
    bool AckRequired,
    bool Active,
    string ActivityStatus,
    bool Exclusive,
    int PrefetchCount,
    FieldTable Arguments,
    ConsumerChannelView ChannelDetails);
