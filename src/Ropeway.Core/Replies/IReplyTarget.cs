namespace Ropeway.Core.Replies;

/// <summary>Who waits for direct replies: one consumer of one connection. Any thread, no gate held.</summary>
public interface IReplyTarget
{
    /// <summary>Takes a reply, to be sent by <see cref="Flush"/>.</summary>
    /// <returns>False when it takes none any more, or too much waits for it: the reply is lost, which is what direct replies allow.</returns>
    bool TryDeliver(in DirectReply reply);

    /// <summary>Sends what was taken.</summary>
    void Flush();
}
