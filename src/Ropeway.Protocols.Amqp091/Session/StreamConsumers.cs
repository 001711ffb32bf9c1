using Ropeway.Core.Queues;
using Ropeway.Core.Streams;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>What RabbitMQ asks of a consumer of a stream, and only of one. On the connection's owner.</summary>
internal static class StreamConsumers
{
    /// <summary>Checks how a consumer is started, and reads where it begins; the default for other queues.</summary>
    /// <exception cref="ProtocolException">It does not acknowledge, or its prefetch is not its own.</exception>
    /// <exception cref="RefusedException">An argument is wrong.</exception>
    public static StreamStart Check(AmqpSession session, AmqpChannel channel, Queue queue, FieldTable arguments, bool noAck)
    {
        if (queue is not StreamQueue)
        {
            ConsumerArguments.RefuseStart(arguments, queue.Settings, queue.Host.Name);
            return default;
        }

        string resource = ErrorTexts.Queue(queue.Name, queue.Host.Name);
        if (channel.ConsumerPrefetch == 0)
        {
            throw new ProtocolException(ErrorTexts.StreamNeedsPrefetch(resource));
        }

        if (noAck)
        {
            throw new ProtocolException(ErrorTexts.StreamNeedsAcknowledgements(resource));
        }

        if (channel.SharedPrefetch != 0)
        {
            throw new ProtocolException(ErrorTexts.StreamWithGlobalQos(resource));
        }

        return ConsumerArguments.ReadStart(arguments, queue.Name, queue.Host.Name, session.Broker.Deadlines.NowMs);
    }

    /// <summary>Refuses a method that streams do not know.</summary>
    public static void RefuseStream(Queue queue, MethodId method)
    {
        if (queue is StreamQueue)
        {
            throw new ProtocolException(ErrorTexts.NotForStreams(method, ErrorTexts.Queue(queue.Name, queue.Host.Name)));
        }
    }
}
