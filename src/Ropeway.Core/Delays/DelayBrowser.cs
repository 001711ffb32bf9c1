using Ropeway.Core.Queues.Browsing;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Delays;

/// <summary>Looks at the messages of one virtual host that wait for their time, and changes nothing. Any thread.</summary>
/// <param name="delays">Where they wait.</param>
public sealed class DelayBrowser(DelayLog delays)
{
    /// <summary>Most messages that one call looks at.</summary>
    public const int ScannedMax = 10_000;

    private const int PageCount = 500;

    /// <summary>Lists messages in the order of their times.</summary>
    /// <param name="after">The last of the page before, or <see cref="DelayEntry.First"/>.</param>
    /// <param name="countMax">How many at most, from 1.</param>
    /// <param name="isWanted">Says which.</param>
    /// <param name="aborted">Gives up waiting for the disk.</param>
    /// <returns>The messages, and where to go on; null when there is nothing more.</returns>
    public async Task<(IReadOnlyList<DelayedMessage> Messages, DelayEntry? Next)> ListAsync(DelayEntry after, int countMax, Predicate<DelayedMessage> isWanted, CancellationToken aborted)
    {
        var found = new List<DelayedMessage>();
        using var reader = new BrowseReader(delays.Log, withBodies: false);
        for (int scanned = 0; scanned < ScannedMax;)
        {
            IReadOnlyList<DelayEntry> page = delays.List(after, PageCount);
            foreach (DelayEntry entry in page)
            {
                if (found.Count == countMax)
                {
                    return (found, after);
                }

                DelayedMessage? message = await ReadAsync(reader, entry, aborted).ConfigureAwait(false);
                after = entry;
                scanned++;
                if (message is not null && isWanted(message))
                {
                    found.Add(message);
                }
            }

            if (page.Count < PageCount)
            {
                return (found, null);
            }
        }

        return (found, after);
    }

    /// <summary>Looks at one message.</summary>
    /// <param name="id">Its number.</param>
    /// <param name="aborted">Gives up waiting for the disk.</param>
    /// <returns>Null when it does not wait (any more).</returns>
    public async Task<DelayedMessage?> FindAsync(long id, CancellationToken aborted)
    {
        using var reader = new BrowseReader(delays.Log, withBodies: false);
        return await ReadAsync(reader, new DelayEntry(0, id), aborted).ConfigureAwait(false);
    }

    private async Task<DelayedMessage?> ReadAsync(BrowseReader reader, DelayEntry entry, CancellationToken aborted)
    {
        DelayedMessage? message;
        while (TryRead(reader, entry, out message) == ReadStatus.Cold)
        {
            await reader.Loaded.WaitAsync(aborted).ConfigureAwait(false);
        }

        return message;
    }

    private ReadStatus TryRead(BrowseReader reader, DelayEntry entry, out DelayedMessage? message)
    {
        message = null;
        lock (delays.Log.Gate)
        {
            ReadStatus status = reader.Read(entry.Id, out RecordView record);
            if (status == ReadStatus.Found
                && DelayRecord.TryRead(record.Payload, out DelayRecord delayed)
                && StoredMessage.TryRead(record.Payload[delayed.MessageStart..], out StoredMessage content))
            {
                message = new DelayedMessage(
                    entry with { DueMs = entry.DueMs == 0 ? delayed.DueMs : entry.DueMs },
                    delayed.Exchange.ToArray(),
                    content.RoutingKey.ToArray(),
                    content.Head.TimestampMs,
                    content.BodyBytes,
                    record.Persistent);
            }

            reader.Unpin();
            return status;
        }
    }
}
