using System.Globalization;
using System.Text.Json;
using Ropeway.Management.Live;
using Ropeway.Management.Views;

namespace Ropeway.Management.Logs;

/// <summary>
/// Serves one connection that follows the log: the last lines, then what comes, once a second. More lines than a page can show are counted by what they are and left
/// out. Ends with the client, the session, or the server.
/// </summary>
internal sealed class LogFeed(LiveState live, LiveStream stream, LogTail tail, LogFilter filter, long after)
{
    /// <summary>Most lines in a second.</summary>
    private const int LineCountMax = 200;

    private static readonly TimeSpan HeartbeatAfter = TimeSpan.FromSeconds(15);

    private long _after = after;

    /// <summary>Serves.</summary>
    /// <param name="body">The answer's body.</param>
    /// <param name="aborted">The client has gone.</param>
    public async Task RunAsync(Stream body, CancellationToken aborted)
    {
        int connection = stream.Connect();
        var text = new EventText(body, aborted);
        try
        {
            long sentAt = live.Broker.Time.GetTimestamp(); // Before it is sent: a client that has it counts from no later time.
            await SendAsync(text, "snapshot").ConfigureAwait(false);
            while (true)
            {
                Task next = stream.Pulse.Next;
                long now = live.Broker.Time.GetTimestamp();
                if (!stream.IsServedBy(connection) || !live.Streams.IsAllowed(stream))
                {
                    return;
                }

                if (await SendAsync(text, "lines").ConfigureAwait(false))
                {
                    sentAt = now;
                }
                else if (live.Broker.Time.GetElapsedTime(sentAt, now) >= HeartbeatAfter)
                {
                    await text.BeatAsync().ConfigureAwait(false);
                    sentAt = now;
                }

                await next.WaitAsync(aborted).ConfigureAwait(false);
            }
        }
        finally
        {
            live.Streams.Leave(stream, connection);
        }
    }

    private async ValueTask<bool> SendAsync(EventText text, string name)
    {
        bool isSnapshot = name == "snapshot";
        long count = tail.Count;
        IReadOnlyList<LogLine> kept = tail.Read(_after);
        LogLine[] fit = [.. kept.Where(filter.Fits)];
        LogLine[] shown = [.. fit.TakeLast(isSnapshot ? filter.Limit : LineCountMax)];
        LogLine[] left = isSnapshot ? [] : fit[..^shown.Length];
        long lost = isSnapshot ? 0 : Math.Max(0, count - _after - kept.Count); // They were gone before they could be read.
        _after = kept.Count > 0 ? kept[^1].Number : _after;
        string id = string.Create(CultureInfo.InvariantCulture, $"{stream.Id}-{_after}");
        bool any = await text.SendAsync(id, name, writer =>
        {
            JsonSerializer.Serialize(writer, shown.Select(LogLineView.Of), ViewJson.Default.IEnumerableLogLineView);
            return isSnapshot || shown.Length > 0;
        }).ConfigureAwait(false);
        if (left.Length + lost > 0)
        {
            await text.SendAsync(id, "skipped", writer => WriteSkipped(writer, left, lost)).ConfigureAwait(false);
        }

        return any;
    }

    private static bool WriteSkipped(Utf8JsonWriter writer, LogLine[] left, long lost)
    {
        writer.WriteStartObject();
        writer.WriteNumber("count", left.Length + lost);
        writer.WriteStartObject("by_event");
        foreach (IGrouping<int, LogLine> group in left.GroupBy(line => line.Event))
        {
            writer.WriteNumber(group.Key.ToString(CultureInfo.InvariantCulture), group.Count());
        }

        writer.WriteEndObject();
        writer.WriteEndObject();
        return true;
    }
}
