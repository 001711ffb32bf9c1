using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Queues.Browsing;

/// <summary>
/// Looks at a queue's messages and changes nothing: neither their order nor who gets them next, how often they were tried, nor whether
/// they count as redelivered. Any thread; holds the queue's gate for some dozens of messages at a time.
/// </summary>
/// <param name="queue">The queue.</param>
/// <param name="time">The clock.</param>
public sealed class QueueBrowser(Queue queue, TimeProvider time)
{
    /// <summary>Longest body that is copied out of memory that deliveries use; a longer one has memory of its own.</summary>
    private const int CopiedBytesMax = 1 << 20;

    /// <summary>Looks at some messages.</summary>
    /// <param name="request">What is wanted.</param>
    /// <param name="aborted">Gives up waiting for the disk.</param>
    /// <exception cref="OperationCanceledException">Nobody waits for it any more.</exception>
    public async Task<BrowsedPage> BrowseAsync(BrowseRequest request, CancellationToken aborted)
    {
        if (request.Start.TimeMs is { } timeMs)
        {
            request = request with { Start = BrowseStart.At(await FindAsync(timeMs, aborted).ConfigureAwait(false)) };
        }

        using var scan = new BrowseScan(queue, request, time);
        while (scan.Advance())
        {
            await scan.Loaded.WaitAsync(aborted).ConfigureAwait(false);
            await Task.Yield(); // Traffic goes first.
            aborted.ThrowIfCancellationRequested();
        }

        return scan.ToPage();
    }

    /// <summary>Reads one message with its body.</summary>
    /// <param name="sequence">Its number.</param>
    /// <param name="aborted">Gives up waiting for the disk.</param>
    /// <returns>To be disposed; null when there is no such message any more, or not yet.</returns>
    public async Task<BrowsedContent?> ReadAsync(long sequence, CancellationToken aborted)
    {
        using var reader = new BrowseReader(queue.Log, withBodies: true);
        ReadStatus status;
        while ((status = TryRead(reader, sequence, out BrowsedContent? content)) == ReadStatus.Cold || content is not null)
        {
            if (content is not null)
            {
                return content;
            }

            await reader.Loaded.WaitAsync(aborted).ConfigureAwait(false);
        }

        return null;
    }

    /// <summary>When the message of a number came, or else the first behind it.</summary>
    /// <param name="sequence">The number.</param>
    /// <param name="aborted">Gives up waiting for the disk.</param>
    /// <returns>Milliseconds since the Unix epoch; null when there is no such message, or it cannot be read.</returns>
    public async Task<long?> TimeOfAsync(long sequence, CancellationToken aborted)
    {
        using var reader = new BrowseReader(queue.Log, withBodies: false);
        long timeMs;
        ReadStatus status;
        while ((status = TryReadTime(reader, sequence, out timeMs)) == ReadStatus.Cold)
        {
            await reader.Loaded.WaitAsync(aborted).ConfigureAwait(false);
        }

        return status == ReadStatus.Found ? timeMs : null;
    }

    private ReadStatus TryReadTime(BrowseReader reader, long sequence, out long timeMs)
    {
        timeMs = 0;
        lock (queue.Log.Gate)
        {
            long offset = queue.Log.NextUnsettled(sequence);
            RecordView record = default;
            ReadStatus status = offset < queue.ReadableEnd ? reader.Read(offset, out record) : ReadStatus.Gone;
            if (status == ReadStatus.Found && QueuedMessage.TryReadContent(record, out StoredMessage content))
            {
                timeMs = content.Head.TimestampMs;
            }

            reader.Unpin();
            return status;
        }
    }

    private ReadStatus TryRead(BrowseReader reader, long sequence, out BrowsedContent? found)
    {
        found = null;
        lock (queue.Log.Gate)
        {
            RecordView record = default;
            ReadStatus status = sequence < queue.ReadableEnd ? reader.Read(sequence, out record) : ReadStatus.Gone;
            if (status == ReadStatus.Found && QueuedMessage.TryReadContent(record, out StoredMessage content))
            {
                found = ContentOf(record, content);
            }

            reader.Unpin();
            return status;
        }
    }

    private BrowsedContent ContentOf(scoped in RecordView record, scoped in StoredMessage content)
    {
        var view = new BrowseView(queue);
        if (record.ExternalBody is not { } external)
        {
            byte[] body = content.Body.ToArray();
            return new BrowsedContent(view.Describe(record, content, body), body, block: null);
        }

        if (content.BodyBytes <= CopiedBytesMax)
        {
            byte[] body = external.Span[..content.BodyBytes].ToArray();
            return new BrowsedContent(view.Describe(record, content, body), body, block: null);
        }

        external.AddReference();
        return new BrowsedContent(view.Describe(record, content, external.Span[..content.BodyBytes]), external.Memory[..content.BodyBytes], external);
    }

    /// <summary>The number of the first message that came at a time or later. Times grow with the numbers, but for what a change of the clock does.</summary>
    private async Task<long> FindAsync(long timeMs, CancellationToken aborted)
    {
        using var reader = new BrowseReader(queue.Log, withBodies: false);
        long low;
        long high;
        lock (queue.Log.Gate)
        {
            low = queue.Log.StartOffset;
            high = queue.ReadableEnd;
        }

        while (low < high)
        {
            long middle = low + ((high - low) / 2);
            switch (Compare(reader, middle, high, timeMs, out long found))
            {
                case ReadStatus.Cold:
                    await reader.Loaded.WaitAsync(aborted).ConfigureAwait(false);
                    break;
                case ReadStatus.Found:
                    low = found + 1;
                    break;
                default:
                    high = middle;
                    break;
            }
        }

        return low;
    }

    /// <returns>Found when the first message from <paramref name="offset"/> on is older than the time; Gone when it is not, or when there is none below <paramref name="end"/>.</returns>
    private ReadStatus Compare(BrowseReader reader, long offset, long end, long timeMs, out long found)
    {
        lock (queue.Log.Gate)
        {
            found = queue.Log.NextUnsettled(offset);
            if (found >= end)
            {
                return ReadStatus.Gone;
            }

            ReadStatus status = reader.Read(found, out RecordView record);
            bool isOlder = status == ReadStatus.Found && QueuedMessage.TryReadContent(record, out StoredMessage content) && content.Head.TimestampMs < timeMs;
            reader.Unpin();
            return status == ReadStatus.Cold ? ReadStatus.Cold : isOlder ? ReadStatus.Found : ReadStatus.Gone;
        }
    }
}
