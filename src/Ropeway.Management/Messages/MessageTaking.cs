using Ropeway.Core.Queues;
using Ropeway.Core.Statistics;
using Ropeway.Management.Http;

namespace Ropeway.Management.Messages;

/// <summary>Takes messages out of a queue for one request. What is not resolved when it is disposed goes back to its place. One caller at a time.</summary>
internal sealed class MessageTaking(Queue queue) : IMessageReceiver, IDisposable
{
    private const int BytesBesides = 256; // What a message costs here besides its body and properties, about.

    private readonly List<TakenMessage> _taken = [];
    private TaskCompletionSource _again = new();
    private long _bytes;
    private bool _isResolved;

    /// <summary>The messages, in the order of the queue. Valid until disposal.</summary>
    public IReadOnlyList<TakenMessage> Taken => _taken;

    /// <summary>Takes messages until the queue is empty or there are enough: of count, or of bytes.</summary>
    /// <param name="countMax">How many at most.</param>
    /// <param name="aborted">Gives up waiting for the disk.</param>
    /// <exception cref="ApiException">The queue's messages are damaged.</exception>
    public async Task TakeAsync(long countMax, CancellationToken aborted)
    {
        while (_taken.Count < countMax && _bytes < ManagementLimits.TakenBytesMax)
        {
            _again = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            switch (queue.TryGet(this, settlesOnDelivery: false, out _))
            {
                case GetOutcome.Delivered:
                    break;
                case GetOutcome.Later:
                    await _again.Task.WaitAsync(aborted).ConfigureAwait(false);
                    break;
                case GetOutcome.OutOfService:
                    ApiException.ThrowBadRequest($"queue '{queue.Name}' in vhost '{queue.Host.Name}' is out of service: {queue.OutOfService}");
                    break;
                default:
                    queue.Host.Count().AddShared(MessageEvent.FetchedNothing, 1);
                    return;
            }
        }
    }

    /// <summary>Says what becomes of the messages.</summary>
    /// <returns>The index to wait for.</returns>
    public ulong Resolve(Resolution resolution)
    {
        _isResolved = true;
        var batch = new ResolveBatch();
        foreach (TakenMessage message in _taken)
        {
            switch (resolution)
            {
                case Resolution.Returned:
                    batch.Return(queue, message.Offset, message.Offset + 1);
                    break;
                case Resolution.Rejected:
                    batch.Reject(queue, message.Offset, message.Offset + 1);
                    break;
                default:
                    batch.Settle(queue, message.Offset, message.Offset + 1);
                    queue.Host.Count().AddShared(MessageEvent.Acknowledged, 1);
                    break;
            }
        }

        DispatchBatch dispatch = DispatchBatch.Begin();
        ulong index = batch.Resolve(dispatch);
        dispatch.Flush();
        return index;
    }

    /// <inheritdoc/>
    public void Receive(in QueuedMessage message, long readyCount)
    {
        queue.Host.Count().AddShared(MessageEvent.Fetched, 1);
        queue.Host.Count().AddShared(MessageEvent.Redelivered, message.IsRedelivered ? 1 : 0);
        message.BodyBlock.AddReference();
        _bytes += message.Content.BodyBytes + message.Content.Properties.Length + BytesBesides;
        _taken.Add(new TakenMessage(
            message.Offset,
            message.IsRedelivered,
            message.Content.Exchange.ToArray(),
            message.Content.RoutingKey.ToArray(),
            message.Content.Properties.ToArray(),
            readyCount,
            message.BodyBlock,
            message.BodyStart,
            message.Content.BodyBytes));
    }

    /// <inheritdoc/>
    public void AskAgain() => _again.TrySetResult();

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_isResolved)
        {
            Resolve(Resolution.Returned);
        }

        foreach (TakenMessage message in _taken)
        {
            message.Block.Release();
        }
    }
}
