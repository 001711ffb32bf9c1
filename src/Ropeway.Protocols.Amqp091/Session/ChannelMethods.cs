using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>Hands the methods of an open channel to their classes, and does class channel and confirm itself. On the connection's owner.</summary>
internal static class ChannelMethods
{
    /// <summary>A method other than publish and the acknowledgements; what came before it has taken effect.</summary>
    public static void OnMethod(AmqpSession session, AmqpChannel channel, MethodId id, ReadOnlySpan<byte> arguments, DispatchBatch dispatch)
    {
        try
        {
            switch ((uint)id >> 16)
            {
                case (uint)MethodId.ExchangeDeclare >> 16:
                    ExchangeMethods.OnMethod(session, channel, id, arguments);
                    return;
                case (uint)MethodId.QueueDeclare >> 16:
                    QueueMethods.OnMethod(session, channel, id, arguments);
                    return;
                case (uint)MethodId.TxSelect >> 16:
                    TxMethods.OnMethod(session, channel, id, arguments, dispatch);
                    return;
                default:
                    OnOther(session, channel, id, arguments, dispatch);
                    return;
            }
        }
        catch (RefusedException refused)
        {
            throw new ProtocolException(ErrorTexts.Make(CodeOf(refused.Reason), refused.Message, id));
        }
    }

    /// <summary>A method on a channel that we have closed and whose close-ok is awaited; all but closes are ignored.</summary>
    public static void OnWhileClosing(AmqpSession session, AmqpChannel channel, MethodId id)
    {
        if (id == MethodId.ChannelClose)
        {
            session.ReplyBare(channel, MethodId.ChannelCloseOk);
        }

        if (id == MethodId.ChannelCloseOk)
        {
            session.ForgetChannel(channel);
        }
    }

    private static void OnOther(AmqpSession session, AmqpChannel channel, MethodId id, ReadOnlySpan<byte> arguments, DispatchBatch dispatch)
    {
        switch (id)
        {
            case MethodId.ChannelOpen:
                throw new ProtocolException(ErrorTexts.SecondChannelOpen);
            case MethodId.ChannelClose:
                session.EndChannel(channel, dispatch);
                session.ReplyBare(channel, MethodId.ChannelCloseOk);
                session.ForgetChannel(channel);
                return;
            case MethodId.ChannelCloseOk:
                return; // To a close that crossed the client's own.
            case MethodId.ChannelFlow when ChannelFlow.TryRead(arguments, out ChannelFlow flow):
                if (!flow.Active)
                {
                    throw new ProtocolException(ErrorTexts.NotImplemented("active=false") with { Method = id });
                }

                session.Reply(channel, new ChannelFlowOk { Active = true });
                return;
            case MethodId.AccessRequest when AccessRequest.TryRead(arguments, out _):
                session.Reply(channel, new AccessRequestOk { Ticket = 1 }); // As RabbitMQ: tickets mean nothing in 0-9-1.
                return;
            case MethodId.ConfirmSelect when ConfirmSelect.TryRead(arguments, out ConfirmSelect select):
                if (channel.Transaction is not null)
                {
                    throw new ProtocolException(ErrorTexts.CannotSwitchMode("tx", "confirm") with { Method = id });
                }

                channel.IsConfirming = true;
                if (!select.NoWait)
                {
                    session.ReplyBare(channel, MethodId.ConfirmSelectOk);
                }

                return;
            case MethodId.BasicQos:
                BasicMethods.OnQos(session, channel, arguments);
                session.ResolveNow(dispatch);
                return;
            case MethodId.BasicConsume:
                BasicMethods.OnConsume(session, channel, arguments, dispatch);
                return;
            case MethodId.BasicCancel:
                BasicMethods.OnCancel(session, channel, arguments);
                return;
            case MethodId.BasicGet:
                BasicMethods.OnGet(session, channel, arguments);
                return;
            case MethodId.BasicRecover or MethodId.BasicRecoverAsync:
                BasicMethods.OnRecover(session, channel, id, arguments, dispatch);
                return;
            case MethodId.ChannelFlow or MethodId.AccessRequest or MethodId.ConfirmSelect:
                throw new ProtocolException(ErrorTexts.CannotDecode(id, arguments));
            default:
                throw new ProtocolException(ErrorTexts.UnknownMethod(id));
        }
    }

    private static ReplyCode CodeOf(RefusalReason reason) => reason switch
    {
        RefusalReason.NotFound => ReplyCode.NotFound,
        RefusalReason.PreconditionFailed => ReplyCode.PreconditionFailed,
        RefusalReason.AccessRefused => ReplyCode.AccessRefused,
        RefusalReason.ResourceLocked => ReplyCode.ResourceLocked,
        RefusalReason.NotAllowed => ReplyCode.NotAllowed,
        RefusalReason.NotImplemented => ReplyCode.NotImplemented,
        RefusalReason.CommandInvalid => ReplyCode.CommandInvalid,
        _ => ReplyCode.InternalError,
    };
}
