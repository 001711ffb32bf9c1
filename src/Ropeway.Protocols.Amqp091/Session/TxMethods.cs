using Ropeway.Core.Queues;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>Class tx (section 1.9). On the connection's owner.</summary>
internal static class TxMethods
{
    /// <summary>A method of the class.</summary>
    public static void OnMethod(AmqpSession session, AmqpChannel channel, MethodId id, ReadOnlySpan<byte> arguments, DispatchBatch dispatch)
    {
        if (!arguments.IsEmpty)
        {
            throw new ProtocolException(ErrorTexts.CannotDecode(id, arguments));
        }

        switch (id)
        {
            case MethodId.TxSelect:
                OnSelect(session, channel);
                return;
            case MethodId.TxCommit:
                OnCommit(session, channel, dispatch);
                return;
            case MethodId.TxRollback:
                TransactionOf(channel, id).Rollback();
                session.ReplyBare(channel, MethodId.TxRollbackOk);
                return;
            default:
                throw new ProtocolException(ErrorTexts.UnknownMethod(id));
        }
    }

    private static void OnSelect(AmqpSession session, AmqpChannel channel)
    {
        if (channel.IsConfirming)
        {
            throw new ProtocolException(ErrorTexts.CannotSwitchMode("confirm", "tx") with { Method = MethodId.TxSelect });
        }

        channel.Transaction ??= new Transaction(channel);
        session.ReplyBare(channel, MethodId.TxSelectOk);
    }

    /// <summary>Pauses, and is asked again, while the store has no room: a unit must not wait in the middle.</summary>
    private static void OnCommit(AmqpSession session, AmqpChannel channel, DispatchBatch dispatch)
    {
        Transaction transaction = TransactionOf(channel, MethodId.TxCommit);
        if (session.Broker.Durability.CongestionReason is not null && session.Broker.Durability.OnRoom(session))
        {
            session.PauseBeforeThisFrame();
            return;
        }

        session.OnSettled(transaction.Commit(dispatch, out bool isWhole));
        if (!isWhole)
        {
            throw new ProtocolException(ErrorTexts.PartialTransaction);
        }

        session.ReplyBare(channel, MethodId.TxCommitOk);
    }

    private static Transaction TransactionOf(AmqpChannel channel, MethodId method) =>
        channel.Transaction ?? throw new ProtocolException(ErrorTexts.NotTransactional with { Method = method });
}
