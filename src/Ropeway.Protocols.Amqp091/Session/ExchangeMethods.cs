using System.Text;
using Ropeway.Core.Routing;
using Ropeway.Core.Topology;
using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Security;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>Class exchange (section 1.6) with RabbitMQ's bind and unbind. On the connection's owner.</summary>
internal static class ExchangeMethods
{
    /// <summary>A method of the class.</summary>
    public static void OnMethod(AmqpSession session, AmqpChannel channel, MethodId id, ReadOnlySpan<byte> arguments)
    {
        switch (id)
        {
            case MethodId.ExchangeDeclare when ExchangeDeclare.TryRead(arguments, out ExchangeDeclare declare):
                OnDeclare(session, channel, declare);
                return;
            case MethodId.ExchangeDelete when ExchangeDelete.TryRead(arguments, out ExchangeDelete delete):
                OnDelete(session, channel, delete);
                return;
            case MethodId.ExchangeBind when ExchangeBind.TryRead(arguments, out ExchangeBind bind):
                OnBind(session, channel, bind);
                return;
            case MethodId.ExchangeUnbind when ExchangeUnbind.TryRead(arguments, out ExchangeUnbind unbind):
                OnUnbind(session, channel, unbind);
                return;
            case MethodId.ExchangeDeclare or MethodId.ExchangeDelete or MethodId.ExchangeBind or MethodId.ExchangeUnbind:
                throw new ProtocolException(ErrorTexts.CannotDecode(id, arguments));
            default:
                throw new ProtocolException(ErrorTexts.UnknownMethod(id));
        }
    }

    private static void OnDeclare(AmqpSession session, AmqpChannel channel, in ExchangeDeclare declare)
    {
        string name = ResourceName.Read(declare.Exchange);
        DeclaredExchange declared;
        if (declare.Passive)
        {
            declared = session.Host.CheckExchange(name);
        }
        else
        {
            ExchangeType type = ExchangeTypes.Parse(Encoding.UTF8.GetString(declare.ExchangeType));
            session.Access.RequireExchange(AccessOperation.Configure, name, MethodId.ExchangeDeclare);
            var wanted = new ExchangeSettings(
                name, type, declare.Durable, declare.AutoDelete, declare.Internal, QueueMethods.ReadArguments(declare.Arguments, MethodId.ExchangeDeclare));
            if (wanted.AlternateExchange is { } alternate && !session.Host.TryGetExchange(name, out _))
            {
                session.Access.RequireExchange(AccessOperation.Read, name, MethodId.ExchangeDeclare);
                session.Access.RequireExchange(AccessOperation.Write, alternate, MethodId.ExchangeDeclare);
            }

            declared = session.Host.DeclareExchange(wanted);
        }

        if (!declare.NoWait)
        {
            session.ReplyBare(channel, MethodId.ExchangeDeclareOk, declared.CommitIndex);
        }
    }

    private static void OnDelete(AmqpSession session, AmqpChannel channel, in ExchangeDelete delete)
    {
        string name = ResourceName.Read(delete.Exchange);
        session.Access.RequireExchange(AccessOperation.Configure, name, MethodId.ExchangeDelete);
        ulong index = session.Host.DeleteExchange(name, delete.IfUnused);
        if (!delete.NoWait)
        {
            session.ReplyBare(channel, MethodId.ExchangeDeleteOk, index);
        }
    }

    private static void OnBind(AmqpSession session, AmqpChannel channel, in ExchangeBind bind)
    {
        string source = ResourceName.Read(bind.Source);
        string destination = ResourceName.Read(bind.Destination);
        session.Access.RequireExchange(AccessOperation.Write, destination, MethodId.ExchangeBind);
        session.Access.RequireSource(session.Host, source, bind.RoutingKey, MethodId.ExchangeBind);
        ulong index = session.Host.BindExchange(source, destination, Encoding.UTF8.GetString(bind.RoutingKey), QueueMethods.ReadArguments(bind.Arguments, MethodId.ExchangeBind));
        if (!bind.NoWait)
        {
            session.ReplyBare(channel, MethodId.ExchangeBindOk, index);
        }
    }

    private static void OnUnbind(AmqpSession session, AmqpChannel channel, in ExchangeUnbind unbind)
    {
        string source = ResourceName.Read(unbind.Source);
        string destination = ResourceName.Read(unbind.Destination);
        session.Access.RequireExchange(AccessOperation.Write, destination, MethodId.ExchangeUnbind);
        session.Access.RequireSource(session.Host, source, unbind.RoutingKey, MethodId.ExchangeUnbind);
        ulong index = session.Host.UnbindExchange(source, destination, Encoding.UTF8.GetString(unbind.RoutingKey), QueueMethods.ReadArguments(unbind.Arguments, MethodId.ExchangeUnbind));
        if (!unbind.NoWait)
        {
            session.ReplyBare(channel, MethodId.ExchangeUnbindOk, index);
        }
    }
}
