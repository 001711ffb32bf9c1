using System.Buffers;
using System.Text;
using Ropeway.Buffers;
using Ropeway.Core.Delays;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Tracing;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>
/// The publishing half of a connection: puts messages together from their frames, routes them, and gives all that one read
/// brought to the queues at once. Used on the connection's owner only.
/// </summary>
internal sealed class Publisher(AmqpSession session) : ITraceSender
{
    /// <summary>Stored messages from this length on have their body in a file of its own; the store takes records below 1 MiB.</summary>
    private const int InlineBytesMax = 1_000_000;

    private readonly PublishBatch _batch = new();
    private readonly List<PendingConfirm> _confirms = [];
    private readonly List<NativeBlock> _blocks = [];
    private readonly List<ulong> _bodies = [];
    private readonly List<AmqpChannel> _partials = [];
    private readonly PublishTally _tally = new();
    private RouteCache? _routes;
    private LargeBody? _largeBody;
    private long _nowMs;
    private bool _hasPublished;

    /// <summary>Whether a body is being written to its file; the connection pauses meanwhile.</summary>
    public bool IsWritingBody => _largeBody is { IsDone: false };

    /// <inheritdoc/>
    string ITraceSender.TracedHost => session.Host.Name;

    /// <inheritdoc/>
    string ITraceSender.TracedName => $"{session.Connection.Remote} -> {session.Connection.Local}";

    /// <summary>Whether something has been published since the last <see cref="Flush"/>; also what no queue took may hold memory.</summary>
    private bool HasWork => _batch.Count > 0 || _confirms.Count > 0 || _blocks.Count > 0 || _bodies.Count > 0 || session.Unqueued.HasWork;

    /// <summary>basic.publish: a message begins.</summary>
    /// <param name="channel">Its channel.</param>
    /// <param name="publish">The method; its names lie in the received piece.</param>
    /// <param name="argumentsStart">Where the method's arguments start in the received piece.</param>
    public void Begin(AmqpChannel channel, in BasicPublish publish, int argumentsStart)
    {
        if (publish.Immediate)
        {
            throw new ProtocolException(ErrorTexts.NotImplemented("immediate=true") with { Method = MethodId.BasicPublish });
        }

        Route route = (_routes ??= new RouteCache(session)).Find(publish.Exchange, publish.RoutingKey);
        int exchangeStart = argumentsStart + 3; // Behind the reserved short and the length octet.
        channel.Content.Begin(exchangeStart, publish.Exchange.Length, exchangeStart + publish.Exchange.Length + 1, publish.RoutingKey.Length);
        channel.Content.Route = route;
        channel.Content.IsMandatory = publish.Mandatory;
        _hasPublished = true;
        _partials.Add(channel);
    }

    /// <summary>Whether a message, or a part of one, has come since the last call.</summary>
    public bool TakeHasPublished()
    {
        bool hasPublished = _hasPublished;
        _hasPublished = false;
        return hasPublished;
    }

    /// <summary>A content header.</summary>
    /// <param name="channel">Its channel.</param>
    /// <param name="received">The received piece.</param>
    /// <param name="payloadStart">Where the frame's payload starts.</param>
    /// <param name="payloadBytes">Length of the payload.</param>
    /// <returns>True when the connection has to pause.</returns>
    public bool AddHeader(AmqpChannel channel, ReadOnlySpan<byte> received, int payloadStart, int payloadBytes)
    {
        IncomingContent content = channel.Content;
        if (content.Stage != ContentStage.Header)
        {
            throw new ProtocolException(content.Stage == ContentStage.None ? ErrorTexts.ExpectedMethodFrame : ErrorTexts.ExpectedContentBody);
        }

        ReadOnlySpan<byte> payload = received.Slice(payloadStart, payloadBytes);
        if (!ContentHeader.TryRead(payload, out ContentHeader header))
        {
            throw new ProtocolException(ErrorTexts.MalformedContentHeader);
        }

        if (header.ClassId != ContentHeader.BasicClassId)
        {
            throw new ProtocolException(ErrorTexts.ContentHeaderOfClass(ContentHeader.BasicClassId, header.ClassId));
        }

        if (!BasicProperties.TryRead(header.Properties, out BasicProperties properties))
        {
            throw new ProtocolException(ErrorTexts.MalformedProperties);
        }

        if (header.BodyBytes > (ulong)session.Options.MessageBytesMax)
        {
            throw new ProtocolException(ErrorTexts.MessageTooLarge(header.BodyBytes, session.Options.MessageBytesMax));
        }

        content.Head = MakeHead(properties);
        content.HasCopies = HasCopies(properties);
        content.Delay = ReadDelay(properties);
        if (properties.ReplyTo.SequenceEqual(ReplyAddress.PseudoQueue))
        {
            AddRequest(channel, received, properties, (long)header.BodyBytes);
        }
        else
        {
            content.AddHeader(received, payloadStart + ContentHeader.FixedBytes, header.Properties.Length, (long)header.BodyBytes);
        }

        return content.IsWhole && Complete(channel, received);
    }

    /// <summary>A body frame.</summary>
    /// <returns>True when the connection has to pause.</returns>
    public bool AddBody(AmqpChannel channel, ReadOnlySpan<byte> received, int payloadStart, int payloadBytes)
    {
        IncomingContent content = channel.Content;
        if (content.Stage != ContentStage.Body)
        {
            throw new ProtocolException(content.Stage == ContentStage.None ? ErrorTexts.ExpectedMethodFrame : ErrorTexts.ExpectedContentHeader(ContentHeader.BasicClassId));
        }

        if (content.ReceivedBytes + payloadBytes > content.BodyBytes)
        {
            throw new ProtocolException(ErrorTexts.ExpectedContentBody);
        }

        _hasPublished = true;
        content.AddBody(received, payloadStart, payloadBytes);
        if (content.IsWhole)
        {
            return Complete(channel, received);
        }

        if (session.Broker.ArrivingBodies.IsExceeded && session.Channels.Values.Count(other => other.HoldsContent) > 1)
        {
            throw new ProtocolException(ErrorTexts.ResourceError("too many half-received messages: the broker's memory for bodies that are still arriving is used up"));
        }

        return false;
    }

    /// <summary>Gives what was published to the queues, and its confirms to the reply queue.</summary>
    public void Flush(ReadOnlySpan<byte> received, DispatchBatch dispatch)
    {
        _nowMs = 0;
        _tally.Flush();
        if (!HasWork)
        {
            return;
        }

        ulong index = Math.Max(session.Broker.Tracing.Publish(_batch, received, dispatch, this, session.Broker.Durability), session.SettledIndex);
        if (_confirms.Count > 0)
        {
            lock (session.Outbox.Gate)
            {
                foreach (PendingConfirm confirm in _confirms)
                {
                    bool isPositive = confirm.Item < 0 || !_batch[confirm.Item].IsRejected;
                    session.Replies.AddConfirm(confirm.Channel, confirm.Tag, index, isPositive);
                }
            }

            _confirms.Clear();
        }

        session.Unqueued.Flush();
        ReleaseBodies();
        _batch.Clear();
    }

    /// <summary>Saves what is half there from the received piece, which is about to be given back.</summary>
    public void Keep(ReadOnlySpan<byte> received)
    {
        foreach (AmqpChannel channel in _partials)
        {
            if (channel.Content.Stage != ContentStage.None)
            {
                channel.Content.Keep(received);
            }
        }

        _partials.Clear();
    }

    /// <summary>Goes on with the message whose body was written to a file.</summary>
    public void FinishLargeBody()
    {
        if (_largeBody is not { } body)
        {
            return;
        }

        _largeBody = null;
        if (body.Fault is not null)
        {
            _blocks.Add(body.Channel.Content.TakeBlock());
            body.Channel.Content.Reset();
            throw new ProtocolException(ErrorTexts.InternalError($"the body could not be stored: {body.Fault}"));
        }

        if (body.Channel.Transaction is { } transaction)
        {
            transaction.Hold(body.BodyId);
        }
        else
        {
            _bodies.Add(body.BodyId);
        }

        AddToBatch(body.Channel, [], body.BodyId);
    }

    /// <summary>Starts writing the body that the last message needs a file for, if there is one. After <see cref="Flush"/>, so that order is kept.</summary>
    public void BeginLargeBody() => _largeBody?.Begin();

    /// <summary>The connection is over: nothing more is published.</summary>
    public void Close()
    {
        _largeBody?.Abandon();
        _largeBody = null;
        ReleaseBodies();
        _batch.Clear();
        _confirms.Clear();
    }

    private MessageHead MakeHead(in BasicProperties properties)
    {
        if (!properties.TryGetExpirationMs(out long? expirationMs))
        {
            throw new ProtocolException(ErrorTexts.InvalidExpiration(Encoding.UTF8.GetString(properties.Expiration)));
        }

        if (properties.Has(BasicPropertyFlags.UserId) && !properties.UserId.SequenceEqual(session.UserNameUtf8) && !session.Access.MayImpersonate)
        {
            throw new ProtocolException(ErrorTexts.UserIdMismatch(Encoding.UTF8.GetString(properties.UserId), Encoding.UTF8.GetString(session.UserNameUtf8)));
        }

        if (_nowMs == 0)
        {
            _nowMs = session.Broker.Time.GetUtcNow().ToUnixTimeMilliseconds(); // Once a read: it is the time of arrival.
        }

        MessageFlags flags = properties.IsPersistent ? MessageFlags.Persistent : MessageFlags.None;
        return new MessageHead(MessageOrigin.Amqp091, flags, properties.Priority ?? 0, _nowMs, expirationMs is null ? 0 : _nowMs + expirationMs.Value);
    }

    private static bool HasCopies(in BasicProperties properties)
    {
        ReadOnlySpan<byte> headers = properties.Headers;
        if (!CopyKeys.MayBeIn(headers))
        {
            return false;
        }

        if (!CopyKeys.TryRead(headers, out CopyKeys keys, out string? problem))
        {
            throw new ProtocolException(ErrorTexts.InvalidMessage(problem!));
        }

        return keys.AreAny;
    }

    /// <summary>A request that wants direct replies: its reply-to becomes the address of the channel's consumer.</summary>
    private static void AddRequest(AmqpChannel channel, ReadOnlySpan<byte> received, in BasicProperties properties, long bodyBytes)
    {
        ReplyConsumer consumer = channel.ReplyConsumer ?? throw new ProtocolException(ErrorTexts.NoReplyConsumer);
        byte[] changed = ArrayPool<byte>.Shared.Rent(properties.Raw.Length + ReplyAddress.Bytes);
        int bytes = properties.WriteWithReplyTo(changed, consumer.Address);
        channel.Content.AddChangedHeader(received, changed.AsSpan(0, bytes), bodyBytes);
        ArrayPool<byte>.Shared.Return(changed);
    }

    private DelayHeaders ReadDelay(in BasicProperties properties)
    {
        ReadOnlySpan<byte> headers = properties.Headers;
        if (!DelayHeaders.MayBeIn(headers))
        {
            return default;
        }

        return DelayHeaders.TryRead(headers, _nowMs, out DelayHeaders delay, out string? problem)
            ? delay
            : throw new ProtocolException(ErrorTexts.InvalidMessage(problem!));
    }

    private bool Complete(AmqpChannel channel, ReadOnlySpan<byte> received)
    {
        IncomingContent content = channel.Content;
        int names = StoredMessage.GetByteCountWithoutBody(content.ExchangeBytes, content.RoutingKeyBytes, content.PropertiesBytes);
        if (names + content.BodyBytes > InlineBytesMax && (!FindQueues(content, received).IsEmpty || !_routes!.Delayers.IsEmpty))
        {
            content.Keep(received);
            _largeBody = new LargeBody(channel, session.Broker.Durability, session.Connection);
            return true;
        }

        AddToBatch(channel, received, bodyId: 0);
        return false;
    }

    private ReadOnlySpan<Queue> FindQueues(IncomingContent content, ReadOnlySpan<byte> received)
    {
        ReadOnlySpan<byte> source = content.Block is null ? received : content.Block.Span;
        return _routes!.FindQueues(content.Route!, source.Slice(content.PropertiesStart, content.PropertiesBytes), content.HasCopies, content.Delay);
    }

    private void AddToBatch(AmqpChannel channel, ReadOnlySpan<byte> received, ulong bodyId)
    {
        IncomingContent content = channel.Content;
        ReadOnlySpan<Queue> queues = FindQueues(content, received);
        if (content.HasCopies && (queues.Length > 0 || _routes!.Delayers.IsEmpty))
        {
            content.RemoveHeader(received, CopyKeys.BlindHeader); // What only waits needs it to be routed.
        }

        if (channel.Transaction is not null)
        {
            Stage(channel, received, bodyId, queues);
        }
        else
        {
            Publish(channel, received, bodyId, queues);
        }

        if (content.Block is not null)
        {
            _blocks.Add(content.TakeBlock()); // The batch refers to it until it is flushed.
        }

        content.Stage = ContentStage.None;
        content.Route = null;
    }

    private void Publish(AmqpChannel channel, ReadOnlySpan<byte> received, ulong bodyId, ReadOnlySpan<Queue> queues)
    {
        IncomingContent content = channel.Content;
        ReadOnlySpan<RecentHistory> histories = _routes!.Histories;
        int item = -1;
        _tally.Add(channel, content.Route!.Exchange!, queues.Length);
        if (queues.Length + histories.Length + _routes.Delayers.Length > 0)
        {
            item = _batch.Add();
            content.CopyTo(ref _batch[item], bodyId);
            foreach (Queue queue in queues)
            {
                _batch.Route(item, queue);
            }

            foreach (RecentHistory history in histories)
            {
                _batch.Keep(item, history);
            }

            session.Host.Delay(_batch, item, _routes.Delayers, content.Delay.HeldUntilMs);
        }

        if (queues.IsEmpty)
        {
            PublishItem message = default;
            content.CopyTo(ref message, bodyId);
            bool isTaken = session.Unqueued.TryReply(content.Route!, message, received);
            bool isReturned = !isTaken && content.IsMandatory && content.Delay.DueMs == 0;
            if (isReturned)
            {
                session.Unqueued.Return(channel.Number, content.Route!, message, received);
            }

            if (isReturned || (!isTaken && histories.Length + _routes.Delayers.Length == 0))
            {
                _tally.AddUnroutable(channel, isReturned);
            }
        }

        if (channel.IsConfirming)
        {
            _confirms.Add(new PendingConfirm(channel.Number, ++channel.PublishedCount, item));
        }
    }

    private void Stage(AmqpChannel channel, ReadOnlySpan<byte> received, ulong bodyId, ReadOnlySpan<Queue> queues)
    {
        IncomingContent content = channel.Content;
        PublishItem message = default;
        content.CopyTo(ref message, bodyId);
        Queue[] targets = content.HasCopies || content.Delay.AreAny || content.Route!.Queues is null ? queues.ToArray() : content.Route.Queues;
        bool isReturnable = content.IsMandatory && content.Delay.DueMs == 0;
        var staged = new StagedMessage(message, content.Route!, targets, _routes!.Histories.ToArray(), isReturnable)
        {
            Delayers = _routes.Delayers.ToArray(),
            HeldUntilMs = content.Delay.HeldUntilMs,
        };
        channel.Transaction!.Add(staged, received);
    }

    private void ReleaseBodies()
    {
        foreach (NativeBlock block in _blocks)
        {
            block.Release();
        }

        foreach (ulong body in _bodies)
        {
            session.Broker.Durability.ReleaseBody(body);
        }

        _blocks.Clear();
        _bodies.Clear();
    }

    private readonly record struct PendingConfirm(ushort Channel, ulong Tag, int Item);
}
