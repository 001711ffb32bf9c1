using System.Text;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Security;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>Class queue (section 1.7). On the connection's owner.</summary>
internal static class QueueMethods
{
    /// <summary>Stands for the names that the broker chooses: whether a user may declare a queue without name depends on their beginning.</summary>
    private const string GeneratedName = "amq.gen-AAAAAAAAAAAAAAAAAAAAAA";

    /// <summary>A method of the class.</summary>
    public static void OnMethod(AmqpSession session, AmqpChannel channel, MethodId id, ReadOnlySpan<byte> arguments)
    {
        switch (id)
        {
            case MethodId.QueueDeclare when QueueDeclare.TryRead(arguments, out QueueDeclare declare):
                OnDeclare(session, channel, declare);
                return;
            case MethodId.QueueBind when QueueBind.TryRead(arguments, out QueueBind bind):
                OnBind(session, channel, bind);
                return;
            case MethodId.QueueUnbind when QueueUnbind.TryRead(arguments, out QueueUnbind unbind):
                OnUnbind(session, channel, unbind);
                return;
            case MethodId.QueuePurge when QueuePurge.TryRead(arguments, out QueuePurge purge):
                OnPurge(session, channel, purge);
                return;
            case MethodId.QueueDelete when QueueDelete.TryRead(arguments, out QueueDelete delete):
                OnDelete(session, channel, delete);
                return;
            case MethodId.QueueDeclare or MethodId.QueueBind or MethodId.QueueUnbind or MethodId.QueuePurge or MethodId.QueueDelete:
                throw new ProtocolException(ErrorTexts.CannotDecode(id, arguments));
            default:
                throw new ProtocolException(ErrorTexts.UnknownMethod(id));
        }
    }

    /// <summary>The queue that a method reads from; an empty name means the one declared last on the channel.</summary>
    /// <exception cref="ProtocolException">No queue was declared on the channel, or the user may not read it (also when there is none: that is not told).</exception>
    /// <exception cref="RefusedException">No such queue, or another connection's own.</exception>
    public static Queue FindToRead(AmqpSession session, AmqpChannel channel, ReadOnlySpan<byte> name, MethodId method)
    {
        string queue = NameOf(channel, name);
        session.Access.RequireQueue(AccessOperation.Read, queue, method);
        return session.Host.GetQueue(queue, session);
    }

    /// <summary>Arguments of a declare or bind; null when there are none.</summary>
    public static FieldTable? ReadArguments(ReadOnlySpan<byte> raw, MethodId method)
    {
        if (!FieldTableCodec.TryRead(raw, out FieldTable? arguments, out _))
        {
            throw new ProtocolException(ErrorTexts.CannotDecode(method, raw));
        }

        return arguments.Count == 0 ? null : arguments;
    }

    private static string NameOf(AmqpChannel channel, ReadOnlySpan<byte> name)
    {
        if (!name.IsEmpty)
        {
            return ResourceName.Read(name);
        }

        return channel.LastQueueName ?? throw new ProtocolException(ErrorTexts.NoPreviousQueue);
    }

    private static void OnDeclare(AmqpSession session, AmqpChannel channel, in QueueDeclare declare)
    {
        if (ReplyAddress.IsReserved(declare.Queue))
        {
            OnDeclareReplies(session, channel, declare);
            return;
        }

        DeclaredQueue declared;
        if (declare.Passive)
        {
            string name = ResourceName.Read(declare.Queue);
            declared = session.Host.CheckQueue(name, session);
        }
        else
        {
            string name = ResourceName.Read(declare.Queue);
            string checkedName = name.Length == 0 ? GeneratedName : name;
            session.Access.RequireQueue(AccessOperation.Configure, checkedName, MethodId.QueueDeclare);
            FieldTable? arguments = ReadArguments(declare.Arguments, MethodId.QueueDeclare);
            var wanted = new QueueSettings(name, declare.Durable, declare.Exclusive, declare.AutoDelete, arguments, declare.Exclusive ? session : null);
            if (wanted.DeadLetterExchange is { } deadLetters && !session.Host.TryGetQueue(name, out _))
            {
                session.Access.RequireQueue(AccessOperation.Read, checkedName, MethodId.QueueDeclare);
                session.Access.RequireExchange(AccessOperation.Write, deadLetters, MethodId.QueueDeclare);
            }

            declared = session.Host.DeclareQueue(wanted);
        }

        channel.LastQueueName = declared.Queue.Name;
        if (!declare.NoWait)
        {
            var reply = new QueueDeclareOk
            {
                Queue = Encoding.UTF8.GetBytes(declared.Queue.Name),
                MessageCount = (uint)declared.Queue.MessageCount,
                ConsumerCount = (uint)declared.Queue.ConsumerCount,
            };
            session.Reply(channel, reply, declared.CommitIndex);
        }
    }

    /// <summary>A declare, passive or not, of what direct replies are sent to: tells whether somebody still waits for them.</summary>
    private static void OnDeclareReplies(AmqpSession session, AmqpChannel channel, in QueueDeclare declare)
    {
        string name = Encoding.UTF8.GetString(declare.Queue);
        bool exists = declare.Queue.SequenceEqual(ReplyAddress.PseudoQueue)
            || (ReplyAddress.TryRead(declare.Queue, out UInt128 token) && session.Host.DirectReplies.TryFind(token, out _));
        if (!exists)
        {
            throw new ProtocolException(ErrorTexts.NotFound(ErrorTexts.Queue(name, session.Host.Name)) with { Method = MethodId.QueueDeclare });
        }

        channel.LastQueueName = name;
        if (!declare.NoWait)
        {
            session.Reply(channel, new QueueDeclareOk { Queue = declare.Queue, ConsumerCount = 1 });
        }
    }

    private static void OnBind(AmqpSession session, AmqpChannel channel, in QueueBind bind)
    {
        string queue = NameOf(channel, bind.Queue);
        string exchange = ResourceName.Read(bind.Exchange);
        session.Access.RequireQueue(AccessOperation.Write, queue, MethodId.QueueBind);
        session.Access.RequireSource(session.Host, exchange, bind.RoutingKey, MethodId.QueueBind);
        string key = bind.RoutingKey.IsEmpty && bind.Queue.IsEmpty ? queue : Encoding.UTF8.GetString(bind.RoutingKey);
        ulong index = session.Host.BindQueue(exchange, queue, key, ReadArguments(bind.Arguments, MethodId.QueueBind), session);
        if (!bind.NoWait)
        {
            session.ReplyBare(channel, MethodId.QueueBindOk, index);
        }
    }

    private static void OnUnbind(AmqpSession session, AmqpChannel channel, in QueueUnbind unbind)
    {
        string queue = NameOf(channel, unbind.Queue);
        string exchange = ResourceName.Read(unbind.Exchange);
        session.Access.RequireQueue(AccessOperation.Write, queue, MethodId.QueueUnbind);
        session.Access.RequireSource(session.Host, exchange, unbind.RoutingKey, MethodId.QueueUnbind);
        ulong index = session.Host.UnbindQueue(exchange, queue, Encoding.UTF8.GetString(unbind.RoutingKey), ReadArguments(unbind.Arguments, MethodId.QueueUnbind), session);
        session.ReplyBare(channel, MethodId.QueueUnbindOk, index);
    }

    private static void OnPurge(AmqpSession session, AmqpChannel channel, in QueuePurge purge)
    {
        Queue queue = FindToRead(session, channel, purge.Queue, MethodId.QueuePurge);
        StreamConsumers.RefuseStream(queue, MethodId.QueuePurge);
        long count = queue.Purge(out ulong index);
        session.OnSettled(index);
        if (!purge.NoWait)
        {
            session.Reply(channel, new QueuePurgeOk { MessageCount = (uint)count }, index);
        }
    }

    private static void OnDelete(AmqpSession session, AmqpChannel channel, in QueueDelete delete)
    {
        string name = NameOf(channel, delete.Queue);
        session.Access.RequireQueue(AccessOperation.Configure, name, MethodId.QueueDelete);
        session.Deliveries.HoldCancels();
        try
        {
            DeletedQueue deleted = session.Host.DeleteQueue(name, session, delete.IfUnused, delete.IfEmpty);
            if (!delete.NoWait)
            {
                session.Reply(channel, new QueueDeleteOk { MessageCount = (uint)deleted.MessageCount }, deleted.CommitIndex);
            }
        }
        finally
        {
            session.Deliveries.ReleaseCancels();
        }
    }
}
