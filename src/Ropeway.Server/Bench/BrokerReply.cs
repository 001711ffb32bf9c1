using System.Text;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Server.Bench;

/// <summary>Turns a close that the broker sent into the one line that the user sees.</summary>
internal static class BrokerReply
{
    /// <summary>Does nothing for any method but a close.</summary>
    /// <exception cref="BenchException">It is a close; the message has the broker's reply code and text.</exception>
    public static void ThrowIfClose(MethodId id, ReadOnlySpan<byte> arguments)
    {
        switch (id)
        {
            case MethodId.ConnectionClose when ConnectionClose.TryRead(arguments, out ConnectionClose close):
                throw new BenchException($"The broker closed the connection: {(int)close.ReplyCode} {Encoding.UTF8.GetString(close.ReplyText)}");
            case MethodId.ChannelClose when ChannelClose.TryRead(arguments, out ChannelClose close):
                throw new BenchException($"The broker closed the channel: {(int)close.ReplyCode} {Encoding.UTF8.GetString(close.ReplyText)}");
            case MethodId.BasicCancel:
                throw new BenchException("The broker cancelled a consumer: its queue was deleted or lost its node.");
        }
    }
}
