using Ropeway.Management.Http;

namespace Ropeway.Management.Live;

/// <summary>
/// Serves one connection of a stream: a snapshot, then what changes, once a second at most. While the client does not read, nothing is made for it; then it gets
/// the newest values. Ends with the client, the session, or the server.
/// </summary>
internal sealed class LiveFeed(LiveState live, LiveStream stream)
{
    private static readonly TimeSpan HeartbeatAfter = TimeSpan.FromSeconds(15);

    /// <summary>Serves.</summary>
    /// <param name="body">The answer's body.</param>
    /// <param name="aborted">The client has gone.</param>
    public async Task RunAsync(Stream body, CancellationToken aborted)
    {
        int connection = stream.Connect();
        try
        {
            var text = new EventText(body, aborted);
            var writer = new TopicWriter(live.Values);
            long sentAt = live.Broker.Time.GetTimestamp(); // Before it is sent: a client that has it counts from no later time.
            await SendAsync(text, writer, "snapshot").ConfigureAwait(false);
            while (true)
            {
                Task next = stream.Pulse.Next;
                long now = live.Broker.Time.GetTimestamp();
                if (!stream.IsServedBy(connection) || !live.Streams.IsAllowed(stream))
                {
                    await text.SendAsync(NextId(), "end", Say).ConfigureAwait(false);
                    return;
                }

                if (await SendAsync(text, writer, "change").ConfigureAwait(false))
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

    private static bool Say(System.Text.Json.Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("reason", "The session has ended, another connection goes on with this stream, or the server stops");
        writer.WriteEndObject();
        return true;
    }

    private ValueTask<bool> SendAsync(EventText text, TopicWriter topics, string name)
    {
        var viewer = new Viewer(live.Broker, stream.User.User);
        Subscription wanted = stream.Wanted;
        bool isSnapshot = name == "snapshot";
        return text.SendAsync(NextId(), name, writer =>
        {
            writer.WriteStartObject();
            if (isSnapshot)
            {
                writer.WriteString("stream", stream.Id);
            }

            writer.WritePropertyName("topics");
            bool any = topics.Write(writer, wanted, viewer);
            writer.WriteEndObject();
            return any || isSnapshot;
        });
    }

    private string NextId() => $"{stream.Id}-{++stream.EventCount}";
}
