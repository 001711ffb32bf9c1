using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Codec;

/// <summary>Reads any method and writes it again: one door to all methods for tests that treat them alike.</summary>
internal static class MethodProbe
{
    /// <summary>Decodes the arguments and encodes what was understood as a whole frame.</summary>
    /// <returns>False when the method does not accept the arguments, or there is no such method.</returns>
    public static bool TryRewrite(MethodId id, ReadOnlySpan<byte> arguments, Span<byte> destination, ushort channel, out int writtenBytes)
    {
        switch (id)
        {
            case MethodId.ConnectionStart: return TryRewrite<ConnectionStart>(arguments, destination, channel, out writtenBytes);
            case MethodId.ConnectionStartOk: return TryRewrite<ConnectionStartOk>(arguments, destination, channel, out writtenBytes);
            case MethodId.ConnectionSecure: return TryRewrite<ConnectionSecure>(arguments, destination, channel, out writtenBytes);
            case MethodId.ConnectionSecureOk: return TryRewrite<ConnectionSecureOk>(arguments, destination, channel, out writtenBytes);
            case MethodId.ConnectionTune: return TryRewrite<ConnectionTune>(arguments, destination, channel, out writtenBytes);
            case MethodId.ConnectionTuneOk: return TryRewrite<ConnectionTuneOk>(arguments, destination, channel, out writtenBytes);
            case MethodId.ConnectionOpen: return TryRewrite<ConnectionOpen>(arguments, destination, channel, out writtenBytes);
            case MethodId.ConnectionOpenOk: return TryRewrite<ConnectionOpenOk>(arguments, destination, channel, out writtenBytes);
            case MethodId.ConnectionClose: return TryRewrite<ConnectionClose>(arguments, destination, channel, out writtenBytes);
            case MethodId.ConnectionBlocked: return TryRewrite<ConnectionBlocked>(arguments, destination, channel, out writtenBytes);
            case MethodId.ConnectionUpdateSecret: return TryRewrite<ConnectionUpdateSecret>(arguments, destination, channel, out writtenBytes);
            case MethodId.ChannelOpen: return TryRewrite<ChannelOpen>(arguments, destination, channel, out writtenBytes);
            case MethodId.ChannelOpenOk: return TryRewrite<ChannelOpenOk>(arguments, destination, channel, out writtenBytes);
            case MethodId.ChannelFlow: return TryRewrite<ChannelFlow>(arguments, destination, channel, out writtenBytes);
            case MethodId.ChannelFlowOk: return TryRewrite<ChannelFlowOk>(arguments, destination, channel, out writtenBytes);
            case MethodId.ChannelClose: return TryRewrite<ChannelClose>(arguments, destination, channel, out writtenBytes);
            case MethodId.AccessRequest: return TryRewrite<AccessRequest>(arguments, destination, channel, out writtenBytes);
            case MethodId.AccessRequestOk: return TryRewrite<AccessRequestOk>(arguments, destination, channel, out writtenBytes);
            case MethodId.ExchangeDeclare: return TryRewrite<ExchangeDeclare>(arguments, destination, channel, out writtenBytes);
            case MethodId.ExchangeDelete: return TryRewrite<ExchangeDelete>(arguments, destination, channel, out writtenBytes);
            case MethodId.ExchangeBind: return TryRewrite<ExchangeBind>(arguments, destination, channel, out writtenBytes);
            case MethodId.ExchangeUnbind: return TryRewrite<ExchangeUnbind>(arguments, destination, channel, out writtenBytes);
            case MethodId.QueueDeclare: return TryRewrite<QueueDeclare>(arguments, destination, channel, out writtenBytes);
            case MethodId.QueueDeclareOk: return TryRewrite<QueueDeclareOk>(arguments, destination, channel, out writtenBytes);
            case MethodId.QueueBind: return TryRewrite<QueueBind>(arguments, destination, channel, out writtenBytes);
            case MethodId.QueuePurge: return TryRewrite<QueuePurge>(arguments, destination, channel, out writtenBytes);
            case MethodId.QueuePurgeOk: return TryRewrite<QueuePurgeOk>(arguments, destination, channel, out writtenBytes);
            case MethodId.QueueDelete: return TryRewrite<QueueDelete>(arguments, destination, channel, out writtenBytes);
            case MethodId.QueueDeleteOk: return TryRewrite<QueueDeleteOk>(arguments, destination, channel, out writtenBytes);
            case MethodId.QueueUnbind: return TryRewrite<QueueUnbind>(arguments, destination, channel, out writtenBytes);
            case MethodId.BasicQos: return TryRewrite<BasicQos>(arguments, destination, channel, out writtenBytes);
            case MethodId.BasicConsume: return TryRewrite<BasicConsume>(arguments, destination, channel, out writtenBytes);
            case MethodId.BasicConsumeOk: return TryRewrite<BasicConsumeOk>(arguments, destination, channel, out writtenBytes);
            case MethodId.BasicCancel: return TryRewrite<BasicCancel>(arguments, destination, channel, out writtenBytes);
            case MethodId.BasicCancelOk: return TryRewrite<BasicCancelOk>(arguments, destination, channel, out writtenBytes);
            case MethodId.BasicPublish: return TryRewrite<BasicPublish>(arguments, destination, channel, out writtenBytes);
            case MethodId.BasicReturn: return TryRewrite<BasicReturn>(arguments, destination, channel, out writtenBytes);
            case MethodId.BasicDeliver: return TryRewrite<BasicDeliver>(arguments, destination, channel, out writtenBytes);
            case MethodId.BasicGet: return TryRewrite<BasicGet>(arguments, destination, channel, out writtenBytes);
            case MethodId.BasicGetOk: return TryRewrite<BasicGetOk>(arguments, destination, channel, out writtenBytes);
            case MethodId.BasicGetEmpty: return TryRewrite<BasicGetEmpty>(arguments, destination, channel, out writtenBytes);
            case MethodId.BasicAck: return TryRewrite<BasicAck>(arguments, destination, channel, out writtenBytes);
            case MethodId.BasicReject: return TryRewrite<BasicReject>(arguments, destination, channel, out writtenBytes);
            case MethodId.BasicRecoverAsync: return TryRewrite<BasicRecoverAsync>(arguments, destination, channel, out writtenBytes);
            case MethodId.BasicRecover: return TryRewrite<BasicRecover>(arguments, destination, channel, out writtenBytes);
            case MethodId.BasicNack: return TryRewrite<BasicNack>(arguments, destination, channel, out writtenBytes);
            case MethodId.ConfirmSelect: return TryRewrite<ConfirmSelect>(arguments, destination, channel, out writtenBytes);
            default:
                writtenBytes = arguments.IsEmpty && id.NameOf() is not null ? MethodFrame.WriteBare(destination, channel, id) : 0;
                return writtenBytes > 0;
        }
    }

    private static bool TryRewrite<T>(ReadOnlySpan<byte> arguments, Span<byte> destination, ushort channel, out int writtenBytes)
        where T : struct, IMethod<T>, allows ref struct
    {
        writtenBytes = 0;
        if (!T.TryRead(arguments, out T method))
        {
            return false;
        }

        writtenBytes = method.Write(destination, channel);
        Assert.Equal(method.GetFrameBytes(), writtenBytes);
        return true;
    }
}
