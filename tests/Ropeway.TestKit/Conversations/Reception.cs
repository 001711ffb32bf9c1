namespace Ropeway.TestKit.Conversations;

/// <summary>A method that a broker sent, with its content, or the end of its connection.</summary>
/// <param name="Channel">Its channel.</param>
/// <param name="Method">Its name, or <see cref="End"/>.</param>
/// <param name="Text">It as one line.</param>
/// <param name="Tag">The delivery tag of a confirm, else 0.</param>
public sealed record Reception(ushort Channel, string Method, string Text, ulong Tag = 0)
{
    /// <summary>The name that stands for the end of the connection.</summary>
    public const string End = "end";

    /// <summary>It ends every wait on its channel.</summary>
    public bool IsFinal => Method is "channel.close" or "connection.close" or End;

    /// <summary>
    /// Where it stands among what came in the same step on its channel: replies, then deliveries, then returns and confirms. How these mix
    /// is nobody's promise; the order of returns before confirms and of deliveries among themselves is kept.
    /// </summary>
    public int Rank => Method switch
    {
        "basic.deliver" => 1,
        "basic.return" => 2,
        "basic.ack" or "basic.nack" => 2,
        _ => IsFinal ? 3 : 0,
    };
}
