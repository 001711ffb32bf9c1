namespace Ropeway.Transport;

/// <summary>Puts pieces of an outbox on the network. One thread at a time, namely the one that has the outbox's turn of sending.</summary>
internal interface IPieceSender : IDisposable
{
    /// <summary>Sends the first pieces.</summary>
    /// <param name="pieces">Scratch of this thread; not used after return.</param>
    /// <param name="count">How many of them are filled, at least 1.</param>
    /// <param name="sentBytes">Bytes sent with <see cref="SendStatus.Sent"/>.</param>
    SendStatus Send(GatherSend pieces, int count, out int sentBytes);
}
