using Ropeway.Messages;

namespace Ropeway.Core.Queues;

/// <summary>
/// What the headers of a message say of the queues that gave it away: x-death, the newest first, one entry for each queue and reason
/// with a count; and x-first-death-..., x-last-death-... as RabbitMQ 4 has them. Pure.
/// </summary>
/// <remarks>
/// An x-death header that a client gave counts, as in RabbitMQ 3; RabbitMQ 4 ignores it. What is no such header is replaced.
/// </remarks>
internal static class DeathHistory
{
    private const string Deaths = "x-death";
    private const string Queue = "queue";
    private const string Reason = "reason";
    private const string Count = "count";
    private const string RoutingKeys = "routing-keys";
    private const string First = "x-first-death-";
    private const string Last = "x-last-death-";

    /// <summary>Adds a death to a message's headers.</summary>
    public static void Record(FieldTable headers, Death death)
    {
        FieldArray? before = Of(headers);
        FieldTable? same = before?.OfType<FieldTable>().FirstOrDefault(entry => IsOf(entry, Queue, death.Queue) && IsOf(entry, Reason, death.Reason));
        if (same is null)
        {
            same = NewEntry(death);
        }
        else
        {
            same.TryGetInteger(Count, out long count);
            same[Count] = count + 1;
        }

        headers[Deaths] = new FieldArray([same, .. before?.Where(entry => !ReferenceEquals(entry, same)) ?? []]);
        if (!headers.Contains(First + Reason))
        {
            Name(headers, First, death);
        }

        Name(headers, Last, death);
    }

    /// <summary>Forgets all routing keys but the first of each death: a message with many of them (CC) must not grow by all of them in each queue.</summary>
    public static void Shorten(FieldTable headers)
    {
        foreach (FieldTable entry in Of(headers)?.OfType<FieldTable>() ?? [])
        {
            if (entry.TryGet(RoutingKeys, out object? value) && value is FieldArray { Count: > 1 } keys)
            {
                entry[RoutingKeys] = new FieldArray([keys[0]]);
            }
        }
    }

    /// <summary>Whether a message that comes to a queue has been there before and no consumer has refused it since: it would go round for ever.</summary>
    public static bool IsCycle(FieldTable headers, string queue)
    {
        foreach (FieldTable entry in Of(headers)?.OfType<FieldTable>() ?? [])
        {
            if (IsOf(entry, Reason, Death.RejectedName))
            {
                return false;
            }

            if (IsOf(entry, Queue, queue))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Where a message was before it died for the first time; null when its headers do not tell.</summary>
    public static DeathOrigin? FindOrigin(FieldTable headers)
    {
        FieldTable[] deaths = [.. Of(headers)?.OfType<FieldTable>() ?? []];
        if (!headers.TryGetString(First + Queue, out string? queue) && (deaths.Length == 0 || !deaths[^1].TryGetString(Queue, out queue)))
        {
            return null;
        }

        FieldTable? death = deaths.LastOrDefault(entry => IsOf(entry, Queue, queue!));
        object? exchange = null;
        object? keys = null;
        death?.TryGet("exchange", out exchange);
        death?.TryGet(RoutingKeys, out keys);
        return new DeathOrigin(queue!, exchange, keys is FieldArray { Count: > 0 } list ? list[0] : null);
    }

    private static FieldArray? Of(FieldTable headers) => headers.TryGet(Deaths, out object? value) ? value as FieldArray : null;

    private static FieldTable NewEntry(Death death)
    {
        var entry = new FieldTable();
        if (death.Expiration is not null)
        {
            entry["original-expiration"] = death.Expiration;
        }

        entry[Count] = 1L;
        entry[Reason] = death.Reason;
        entry[Queue] = death.Queue;
        entry["time"] = new FieldTimestamp(death.Seconds);
        entry["exchange"] = death.Exchange;
        entry[RoutingKeys] = death.RoutingKeys;
        return entry;
    }

    private static void Name(FieldTable headers, string prefix, Death death)
    {
        headers[prefix + Reason] = death.Reason;
        headers[prefix + Queue] = death.Queue;
        headers[prefix + "exchange"] = death.Exchange;
    }

    private static bool IsOf(FieldTable entry, string name, string value) => entry.TryGetString(name, out string? text) && text == value;
}
