using System.Security.Cryptography;
using System.Text;
using Ropeway.Core.Queues;
using Ropeway.Core.Statistics;
using Ropeway.Core.Streams;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Security;


namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>Class basic but for publish (section 1.8): qos, consume, cancel, get, acknowledgements, recover. On the connection's owner.</summary>
internal static class BasicMethods
{
    /// <summary>basic.ack, basic.nack or basic.reject: gathered, resolved with the rest of the read.</summary>
    public static void OnAcknowledge(AmqpChannel channel, MethodId id, ReadOnlySpan<byte> arguments)
    {
        switch (id)
        {
            case MethodId.BasicAck when BasicAck.TryRead(arguments, out BasicAck ack):
                channel.Resolve(ack.DeliveryTag, ack.Multiple, Resolution.Settled);
                return;
            case MethodId.BasicNack when BasicNack.TryRead(arguments, out BasicNack nack):
                channel.Resolve(nack.DeliveryTag, nack.Multiple, nack.Requeue ? Resolution.Returned : Resolution.Rejected);
                return;
            case MethodId.BasicReject when BasicReject.TryRead(arguments, out BasicReject reject):
                channel.Resolve(reject.DeliveryTag, multiple: false, reject.Requeue ? Resolution.Failed : Resolution.Rejected);
                return;
            default:
                throw new ProtocolException(ErrorTexts.CannotDecode(id, arguments));
        }
    }

    /// <summary>basic.qos: the limit for consumers to come, or with global for the whole channel (as RabbitMQ reads it).</summary>
    public static void OnQos(AmqpSession session, AmqpChannel channel, ReadOnlySpan<byte> arguments)
    {
        if (!BasicQos.TryRead(arguments, out BasicQos qos))
        {
            throw new ProtocolException(ErrorTexts.CannotDecode(MethodId.BasicQos, arguments));
        }

        if (qos.PrefetchBytes != 0)
        {
            throw new ProtocolException(ErrorTexts.PrefetchBytes(qos.PrefetchBytes) with { Method = MethodId.BasicQos });
        }

        if (qos.Global)
        {
            lock (session.Outbox.Gate)
            {
                channel.SharedPrefetch = qos.PrefetchCount;
                channel.WakeWaiting(session.Resolving);
            }
        }
        else
        {
            channel.ConsumerPrefetch = qos.PrefetchCount;
        }

        session.ReplyBare(channel, MethodId.BasicQosOk);
    }

    /// <summary>basic.consume. The consumer is offered messages when its consume-ok has left.</summary>
    public static void OnConsume(AmqpSession session, AmqpChannel channel, ReadOnlySpan<byte> arguments, DispatchBatch dispatch)
    {
        if (!BasicConsume.TryRead(arguments, out BasicConsume consume)
            || !FieldTableCodec.TryRead(consume.Arguments, out FieldTable? settings, out _))
        {
            throw new ProtocolException(ErrorTexts.CannotDecode(MethodId.BasicConsume, arguments));
        }

        if (consume.Queue.SequenceEqual(ReplyAddress.PseudoQueue))
        {
            OnConsumeReplies(session, channel, consume);
            return;
        }

        Queue queue = QueueMethods.FindToRead(session, channel, consume.Queue, MethodId.BasicConsume);
        ConsumerArguments.Check(settings, queue.Name, queue.Host.Name);
        StreamStart start = StreamConsumers.Check(session, channel, queue, settings, consume.NoAck);
        byte[] tag = consume.ConsumerTag.IsEmpty ? MakeTag() : consume.ConsumerTag.ToArray();
        string name = Encoding.UTF8.GetString(tag);
        var consumer = new AmqpConsumer(channel, queue, tag, consume.NoAck, consume.Exclusive)
        {
            IsAnnounced = consume.NoWait,
            Arguments = settings.Count == 0 ? null : settings,
            Priority = ConsumerArguments.GetPriority(settings),
            OwnTimeoutMs = ConsumerArguments.GetTimeoutMs(settings),
            Start = start,
            Filter = queue is StreamQueue ? StreamFilter.Read(settings) : null,
        };
        lock (session.Outbox.Gate)
        {
            if (!channel.TryAddConsumer(name, consumer))
            {
                throw new ProtocolException(ErrorTexts.ConsumerTagReuse(name) with { Method = MethodId.BasicConsume });
            }
        }

        ConsumerRefusal refusal = queue.AddConsumer(consumer);
        if (refusal != ConsumerRefusal.None)
        {
            lock (session.Outbox.Gate)
            {
                channel.RemoveConsumer(name, out _);
            }

            throw new ProtocolException(Explain(refusal, queue));
        }

        if (consume.NoWait)
        {
            queue.Wake(consumer, dispatch);
            return;
        }

        session.ReplyConsumeOk(consumer);
    }

    /// <summary>basic.cancel: nothing is delivered to the consumer behind cancel-ok; what it holds it may still acknowledge.</summary>
    public static void OnCancel(AmqpSession session, AmqpChannel channel, ReadOnlySpan<byte> arguments)
    {
        if (!BasicCancel.TryRead(arguments, out BasicCancel cancel))
        {
            throw new ProtocolException(ErrorTexts.CannotDecode(MethodId.BasicCancel, arguments));
        }

        AmqpConsumer? consumer;
        if (channel.ReplyConsumer is { } replies && cancel.ConsumerTag.SequenceEqual(replies.Tag))
        {
            channel.EndReplyConsumer();
        }

        lock (session.Outbox.Gate)
        {
            if (channel.RemoveConsumer(Encoding.UTF8.GetString(cancel.ConsumerTag), out consumer))
            {
                consumer.IsCancelled = true;
            }
        }

        if (consumer is not null)
        {
            session.RemoveConsumer(consumer);
        }

        if (!cancel.NoWait)
        {
            session.Reply(channel, new BasicCancelOk { ConsumerTag = cancel.ConsumerTag });
        }
    }

    /// <summary>basic.get. Pauses, and is asked again, while the message is being read from disk or a reply waits before it.</summary>
    public static void OnGet(AmqpSession session, AmqpChannel channel, ReadOnlySpan<byte> arguments)
    {
        if (!BasicGet.TryRead(arguments, out BasicGet get))
        {
            throw new ProtocolException(ErrorTexts.CannotDecode(MethodId.BasicGet, arguments));
        }

        if (session.ResumeAfterReplies())
        {
            session.PauseBeforeThisFrame();
            return;
        }

        Queue queue = QueueMethods.FindToRead(session, channel, get.Queue, MethodId.BasicGet);
        StreamConsumers.RefuseStream(queue, MethodId.BasicGet);
        switch (queue.TryGet(new GetReply(session, channel, queue, get.NoAck), get.NoAck, out ulong index))
        {
            case GetOutcome.Delivered:
                session.OnSettled(index);
                return;
            case GetOutcome.Later:
                session.PauseBeforeThisFrame();
                return;
            case GetOutcome.OutOfService:
                throw new ProtocolException(Explain(ConsumerRefusal.OutOfService, queue) with { Method = MethodId.BasicGet });
            default:
                lock (session.Outbox.Gate)
                {
                    channel.Count().Add(MessageEvent.FetchedNothing, 1);
                }

                session.Reply(channel, default(BasicGetEmpty), waits: false);
                return;
        }
    }

    /// <summary>basic.recover and basic.recover-async: everything unacknowledged on the channel becomes ready again.</summary>
    public static void OnRecover(AmqpSession session, AmqpChannel channel, MethodId id, ReadOnlySpan<byte> arguments, DispatchBatch dispatch)
    {
        if (!BasicRecover.TryRead(arguments, out BasicRecover recover)) // Both have the same argument.
        {
            throw new ProtocolException(ErrorTexts.CannotDecode(id, arguments));
        }

        if (!recover.Requeue)
        {
            throw new ProtocolException(ErrorTexts.NotImplemented("requeue=false") with { Method = id });
        }

        channel.ReturnAll();
        session.ResolveNow(dispatch);
        if (id == MethodId.BasicRecover)
        {
            session.ReplyBare(channel, MethodId.BasicRecoverOk);
        }
    }

    /// <summary>basic.consume of direct replies. Pauses, and is asked again, while a reply waits before it: consume-ok must be out before anything can come.</summary>
    private static void OnConsumeReplies(AmqpSession session, AmqpChannel channel, in BasicConsume consume)
    {
        byte[] tag = consume.ConsumerTag.IsEmpty ? MakeTag() : consume.ConsumerTag.ToArray();
        string name = Encoding.UTF8.GetString(tag);
        if (channel.HasConsumer(name))
        {
            throw new ProtocolException(ErrorTexts.ConsumerTagReuse(name) with { Method = MethodId.BasicConsume });
        }

        if (!consume.NoAck)
        {
            throw new ProtocolException(ErrorTexts.ReplyConsumerAcknowledges);
        }

        if (channel.ReplyConsumer is not null)
        {
            throw new ProtocolException(ErrorTexts.ReplyConsumerAlreadySet);
        }

        if (!consume.NoWait)
        {
            if (session.ResumeAfterReplies())
            {
                session.PauseBeforeThisFrame();
                return;
            }

            session.Reply(channel, new BasicConsumeOk { ConsumerTag = tag }, waits: false);
        }

        channel.SetReplyConsumer(new ReplyConsumer(channel, tag));
    }

    private static ProtocolError Explain(ConsumerRefusal refusal, Queue queue) => refusal switch
    {
        ConsumerRefusal.Exclusive => ErrorTexts.ExclusiveUse(ErrorTexts.Queue(queue.Name, queue.Host.Name)) with { Method = MethodId.BasicConsume },
        ConsumerRefusal.OutOfService => ErrorTexts.Make(ReplyCode.PreconditionFailed, $"{ErrorTexts.Queue(queue.Name, queue.Host.Name)} is out of service: {queue.OutOfService}", MethodId.BasicConsume),
        _ => ErrorTexts.NotFound(ErrorTexts.Queue(queue.Name, queue.Host.Name)) with { Method = MethodId.BasicConsume },
    };

    private static byte[] MakeTag()
    {
        Span<byte> random = stackalloc byte[16];
        RandomNumberGenerator.Fill(random);
        return Encoding.ASCII.GetBytes("amq.ctag-" + System.Buffers.Text.Base64Url.EncodeToString(random));
    }
}
