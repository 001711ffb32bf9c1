using Ropeway.Buffers;
using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Core.Statistics;
using Ropeway.Core.Timing;
using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Transport;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// The receiving end of one connection: turns messages into basic.deliver frames in its outbox. Called from any thread under
/// the connection's gate.
/// </summary>
internal sealed class AmqpDeliveries : DeliveryTarget, IPoolWork
{
    /// <summary>Bodies from this length on are sent from where they lie; below, copying them is cheaper.</summary>
    private const int GatherBytesMin = 8 * 1024;

    private readonly Outbox _outbox;
    private readonly ReplyQueue _replies;
    private readonly IFaultScope _connection;
    private readonly TimeProvider _time;
    private long _nowMs; // 0: to be read again.
    private List<AmqpConsumer>? _held; // Made when there is one, as the next.
    private List<AmqpConsumer>? _gone;
    private bool _holdsCancels;
    private byte[] _properties = []; // Scratch; guarded by the gate.

    /// <summary>Makes the target of a connection.</summary>
    public AmqpDeliveries(Outbox outbox, ReplyQueue replies, IFaultScope connection, TimeProvider time)
    {
        _outbox = outbox;
        _replies = replies;
        _connection = connection;
        _time = time;
        outbox.Drained = () => ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private static ReadOnlySpan<byte> StreamOffset => "x-stream-offset"u8;

    private static ReadOnlySpan<byte> DeliveryCount => "x-delivery-count"u8;

    private static ReadOnlySpan<byte> Sequence => "x-sequence"u8;

    /// <inheritdoc/>
    public override Lock Gate => _outbox.Gate;

    /// <summary>The time, read once for what happens together, in milliseconds since the Unix epoch. Under the gate.</summary>
    public long NowMs
    {
        get
        {
            if (_nowMs == 0)
            {
                _nowMs = _time.GetUtcNow().ToUnixTimeMilliseconds();
            }

            return _nowMs;
        }
    }

    /// <summary>Largest frame the client takes, agreed in tune-ok.</summary>
    public int FrameBytesMax { get; set; }

    /// <summary>Whether the client wants to hear of consumers that the server ends.</summary>
    public bool NotifiesCancel { get; set; }

    /// <summary>The client was told of the connection's end and ignores what comes behind it: nothing is delivered any more. Under the gate.</summary>
    public bool IsStopped { get; set; }

    /// <summary>Whether there is room for deliveries; else consumers wait until the outbox has drained.</summary>
    public bool TakesMore => !_outbox.IsBacklogged;

    /// <summary>Whether direct replies may be written; under the gate.</summary>
    public bool TakesReplies => !IsStopped && !_outbox.IsSealed && _outbox.PendingBytes <= ReplyConsumer.UnsentBytesMax;

    /// <inheritdoc/>
    public override DeliveryOutcome Deliver(Consumer consumer, in QueuedMessage message)
    {
        var target = (AmqpConsumer)consumer;
        AmqpChannel channel = target.Channel;
        if (target.IsCancelled || channel.IsClosed || IsStopped || _outbox.IsSealed)
        {
            return DeliveryOutcome.Refused;
        }

        if (!TakesMore || !target.HasCredit)
        {
            Hold(target);
            return DeliveryOutcome.Refused;
        }

        ReadOnlySpan<byte> properties = PropertiesOf(message);
        if (target.IsOfStream)
        {
            if (target.Filter is { } filter && !filter.Takes(properties))
            {
                return DeliveryOutcome.LeftOut;
            }

            properties = WithHeader(properties, StreamOffset, message.Offset);
        }

        ulong tag = ++channel.LastDeliveryTag;
        var method = new BasicDeliver
        {
            ConsumerTag = target.Tag,
            DeliveryTag = tag,
            Redelivered = message.IsRedelivered,
            Exchange = message.Content.Exchange,
            RoutingKey = message.Content.RoutingKey,
        };
        WriteContent(channel.Number, method, message, properties);
        if (consumer.SettlesOnDelivery)
        {
            channel.Count().AddDelivery(MessageEvent.DeliveredWithoutAck, message.IsRedelivered);
            return DeliveryOutcome.Delivered;
        }

        channel.Count().AddDelivery(MessageEvent.Delivered, message.IsRedelivered);

        channel.Unacked.Add(tag, consumer.Queue, target, message.Offset, NowMs);
        target.UnackedCount++;
        channel.SharedUnackedCount++;
        target.LastDeliveryTag = tag;
        target.BeginTimeout(tag);
        if (target.HasCredit)
        {
            return DeliveryOutcome.Delivered;
        }

        target.IsWaiting = true;
        return DeliveryOutcome.DeliveredLast;
    }

    /// <summary>Writes get-ok with a queue's message. Under the gate.</summary>
    public void WriteAnswer(ushort channel, scoped BasicGetOk method, in QueuedMessage message) =>
        WriteContent(channel, method, message, PropertiesOf(message));

    /// <summary>Writes a method with content, copying the body. Under the gate.</summary>
    /// <param name="channel">Its channel.</param>
    /// <param name="method">The method.</param>
    /// <param name="properties">Raw properties with their flags.</param>
    /// <param name="body">Well below <see cref="TransportLimits.OutboxSpanBytesMax"/>.</param>
    public void WriteContent<T>(ushort channel, scoped T method, scoped ReadOnlySpan<byte> properties, scoped ReadOnlySpan<byte> body)
        where T : struct, IMethod<T>, allows ref struct
    {
        ContentLayout layout = ContentLayout.Of(method, properties.Length, body.Length, FrameBytesMax);
        _outbox.Advance(ContentFrames.Write(_outbox.GetSpan((int)layout.TotalBytes), channel, layout, method, properties, body));
    }

    /// <summary>Writes a method with content whose body is sent from where it lies. Under the gate.</summary>
    public void WriteContent<T>(ushort channel, scoped T method, scoped ReadOnlySpan<byte> properties, NativeBlock block, int bodyStart, int bodyBytes)
        where T : struct, IMethod<T>, allows ref struct
    {
        ContentLayout layout = ContentLayout.Of(method, properties.Length, bodyBytes, FrameBytesMax);
        _outbox.Advance(ContentFrames.WriteHead(_outbox.GetSpan(layout.HeadBytes), channel, layout, method, properties));
        for (int i = 0; i < layout.BodyFrameCount; i++)
        {
            if (i > 0)
            {
                _outbox.Advance(ContentFrames.WriteSeam(_outbox.GetSpan(FrameCodec.OverheadBytes), channel, layout.GetSliceBytes(i)));
            }

            _outbox.AppendBlock(block, bodyStart + (i * layout.SliceBytesMax), layout.GetSliceBytes(i));
        }

        if (layout.BodyFrameCount > 0)
        {
            _outbox.GetSpan(1)[0] = FrameCodec.FrameEnd;
            _outbox.Advance(1);
        }
    }

    /// <inheritdoc/>
    public override void FlushDeliveries()
    {
        ForgetTime();
        _outbox.Flush();
    }

    /// <summary>What comes from now on has another time. Any thread: in a race a batch has the time of the one before.</summary>
    public void ForgetTime() => Volatile.Write(ref _nowMs, 0);

    /// <inheritdoc/>
    public override void OnQueueGone(Consumer consumer)
    {
        var gone = (AmqpConsumer)consumer;
        lock (Gate)
        {
            if (gone.IsCancelled)
            {
                return;
            }

            gone.IsCancelled = true;
            gone.Channel.RemoveConsumer(System.Text.Encoding.UTF8.GetString(gone.Tag), out _);
            if (gone.IsAnnounced)
            {
                (_gone ??= []).Add(gone);
                AddCancels();
            }
        }

        _outbox.Flush();
    }

    /// <summary>This connection deletes a queue: its consumers hear of it behind the answer, as with RabbitMQ. Owner only.</summary>
    public void HoldCancels()
    {
        lock (Gate)
        {
            _holdsCancels = true;
        }
    }

    /// <summary>The answer is in line.</summary>
    public void ReleaseCancels()
    {
        lock (Gate)
        {
            _holdsCancels = false;
            AddCancels();
        }
    }

    /// <summary>Tells the client, behind the consumer's own consume-ok, that its queue is gone. Under the gate.</summary>
    public void AddCancel(AmqpConsumer consumer)
    {
        if (NotifiesCancel && !consumer.Channel.IsClosed)
        {
            _replies.AddReply(consumer.Channel.Number, new BasicCancel { ConsumerTag = consumer.Tag, NoWait = true }, index: 0);
        }
    }

    /// <summary>Remembers a waiting consumer that has credit, to be woken when the outbox has drained. Under the gate, while it is backlogged.</summary>
    public void WakeWhenDrained(AmqpConsumer consumer)
    {
        if (!consumer.IsHeld)
        {
            consumer.IsHeld = true;
            (_held ??= []).Add(consumer);
        }
    }

    /// <inheritdoc/>
    public void OnFault(Exception fault) => _connection.OnFault(fault);

    /// <summary>The outbox has drained: those who waited for it get their turns back.</summary>
    void IPoolWork.Run()
    {
        AmqpConsumer[] held;
        lock (Gate)
        {
            held = _held is null ? [] : [.. _held];
            _held?.Clear();
            foreach (AmqpConsumer consumer in held)
            {
                consumer.IsHeld = false;
            }
        }

        DispatchBatch dispatch = DispatchBatch.Begin();
        try
        {
            foreach (AmqpConsumer consumer in held)
            {
                Wake(consumer, dispatch);
            }
        }
        finally
        {
            dispatch.Flush();
        }
    }

    private void WriteContent<T>(ushort channel, scoped T method, in QueuedMessage message, scoped ReadOnlySpan<byte> properties)
        where T : struct, IMethod<T>, allows ref struct
    {
        if (message.Content.BodyBytes < GatherBytesMin && !message.Content.IsBodyExternal)
        {
            WriteContent(channel, method, properties, message.Content.Body);
        }
        else
        {
            WriteContent(channel, method, properties, message.BodyBlock, message.BodyStart, message.Content.BodyBytes);
        }
    }

    /// <summary>A message's properties, with how often it came back, if it did, and with its number, if that is wanted.</summary>
    private ReadOnlySpan<byte> PropertiesOf(in QueuedMessage message)
    {
        ReadOnlySpan<byte> properties = message.Content.Properties;
        properties = message.DeliveryCount == 0 ? properties : WithHeader(properties, DeliveryCount, message.DeliveryCount);
        return message.TellsOffset ? WithHeader(properties, Sequence, message.Offset) : properties;
    }

    /// <summary>Adds a header that only the delivery has, not the stored message.</summary>
    /// <returns>Valid until the next call.</returns>
    private ReadOnlySpan<byte> WithHeader(ReadOnlySpan<byte> properties, ReadOnlySpan<byte> name, long value)
    {
        int bytesMax = properties.Length + HeaderSplice.TableBytes + HeaderSplice.GetFieldBytes(name);
        if (_properties.Length < bytesMax)
        {
            _properties = new byte[bytesMax * 2];
        }

        var splice = new HeaderSplice(_properties, properties);
        splice.Set(name, value);
        return splice.Written;
    }

    private void Wake(AmqpConsumer consumer, DispatchBatch dispatch)
    {
        bool wakes;
        lock (Gate)
        {
            wakes = consumer.IsWaiting && consumer.HasCredit;
            consumer.IsWaiting &= !wakes;
        }

        if (wakes)
        {
            consumer.Queue.Wake(consumer, dispatch);
        }
    }

    private void AddCancels()
    {
        if (_holdsCancels || _gone is null)
        {
            return;
        }

        foreach (AmqpConsumer consumer in _gone)
        {
            AddCancel(consumer);
        }

        _gone.Clear();
    }

    private void Hold(AmqpConsumer consumer)
    {
        consumer.IsWaiting = true;
        if (!TakesMore)
        {
            WakeWhenDrained(consumer);
        }
    }
}
