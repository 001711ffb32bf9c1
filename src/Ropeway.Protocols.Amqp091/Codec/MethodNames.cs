namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>Class and method numbers and the names used in error texts. Pure; any thread.</summary>
public static class MethodNames
{
    /// <summary>The class number, for example 60 for basic.</summary>
    /// <param name="id">Any value.</param>
    public static ushort ClassOf(this MethodId id) => (ushort)((uint)id >> 16);

    /// <summary>The method number within its class.</summary>
    /// <param name="id">Any value.</param>
    public static ushort MethodOf(this MethodId id) => (ushort)id;

    /// <summary>Whether a content header and a body follow the method.</summary>
    /// <param name="id">Any value.</param>
    public static bool HasContent(this MethodId id)
        => id is MethodId.BasicPublish or MethodId.BasicDeliver or MethodId.BasicReturn or MethodId.BasicGetOk;

    /// <summary>The name as error texts show it, for example <c>queue.declare</c>.</summary>
    /// <param name="id">Any value.</param>
    /// <returns>Null for a number that is no method.</returns>
    public static string? NameOf(this MethodId id) => id switch
    {
        MethodId.ConnectionStart => "connection.start",
        MethodId.ConnectionStartOk => "connection.start-ok",
        MethodId.ConnectionSecure => "connection.secure",
        MethodId.ConnectionSecureOk => "connection.secure-ok",
        MethodId.ConnectionTune => "connection.tune",
        MethodId.ConnectionTuneOk => "connection.tune-ok",
        MethodId.ConnectionOpen => "connection.open",
        MethodId.ConnectionOpenOk => "connection.open-ok",
        MethodId.ConnectionClose => "connection.close",
        MethodId.ConnectionCloseOk => "connection.close-ok",
        MethodId.ConnectionBlocked => "connection.blocked",
        MethodId.ConnectionUnblocked => "connection.unblocked",
        MethodId.ConnectionUpdateSecret => "connection.update-secret",
        MethodId.ConnectionUpdateSecretOk => "connection.update-secret-ok",
        MethodId.ChannelOpen => "channel.open",
        MethodId.ChannelOpenOk => "channel.open-ok",
        MethodId.ChannelFlow => "channel.flow",
        MethodId.ChannelFlowOk => "channel.flow-ok",
        MethodId.ChannelClose => "channel.close",
        MethodId.ChannelCloseOk => "channel.close-ok",
        MethodId.AccessRequest => "access.request",
        MethodId.AccessRequestOk => "access.request-ok",
        MethodId.ExchangeDeclare => "exchange.declare",
        MethodId.ExchangeDeclareOk => "exchange.declare-ok",
        MethodId.ExchangeDelete => "exchange.delete",
        MethodId.ExchangeDeleteOk => "exchange.delete-ok",
        MethodId.ExchangeBind => "exchange.bind",
        MethodId.ExchangeBindOk => "exchange.bind-ok",
        MethodId.ExchangeUnbind => "exchange.unbind",
        MethodId.ExchangeUnbindOk => "exchange.unbind-ok",
        MethodId.QueueDeclare => "queue.declare",
        MethodId.QueueDeclareOk => "queue.declare-ok",
        MethodId.QueueBind => "queue.bind",
        MethodId.QueueBindOk => "queue.bind-ok",
        MethodId.QueuePurge => "queue.purge",
        MethodId.QueuePurgeOk => "queue.purge-ok",
        MethodId.QueueDelete => "queue.delete",
        MethodId.QueueDeleteOk => "queue.delete-ok",
        MethodId.QueueUnbind => "queue.unbind",
        MethodId.QueueUnbindOk => "queue.unbind-ok",
        MethodId.BasicQos => "basic.qos",
        MethodId.BasicQosOk => "basic.qos-ok",
        MethodId.BasicConsume => "basic.consume",
        MethodId.BasicConsumeOk => "basic.consume-ok",
        MethodId.BasicCancel => "basic.cancel",
        MethodId.BasicCancelOk => "basic.cancel-ok",
        MethodId.BasicPublish => "basic.publish",
        MethodId.BasicReturn => "basic.return",
        MethodId.BasicDeliver => "basic.deliver",
        MethodId.BasicGet => "basic.get",
        MethodId.BasicGetOk => "basic.get-ok",
        MethodId.BasicGetEmpty => "basic.get-empty",
        MethodId.BasicAck => "basic.ack",
        MethodId.BasicReject => "basic.reject",
        MethodId.BasicRecoverAsync => "basic.recover-async",
        MethodId.BasicRecover => "basic.recover",
        MethodId.BasicRecoverOk => "basic.recover-ok",
        MethodId.BasicNack => "basic.nack",
        MethodId.ConfirmSelect => "confirm.select",
        MethodId.ConfirmSelectOk => "confirm.select-ok",
        MethodId.TxSelect => "tx.select",
        MethodId.TxSelectOk => "tx.select-ok",
        MethodId.TxCommit => "tx.commit",
        MethodId.TxCommitOk => "tx.commit-ok",
        MethodId.TxRollback => "tx.rollback",
        MethodId.TxRollbackOk => "tx.rollback-ok",
        _ => null,
    };
}
