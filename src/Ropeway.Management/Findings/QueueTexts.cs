using Ropeway.Core.Queues;

namespace Ropeway.Management.Findings;

/// <summary>The sentences about queues: pages, command line, API and log show the same words. Pure; any thread.</summary>
internal static class QueueTexts
{
    private const double FullShare = 0.95; // Of what consumers may hold.
    private const double SettlesNothingSeconds = 60;

    /// <summary><see cref="FindingIds.NoConsumer"/>.</summary>
    public static FindingText NoConsumer(QueueFacts queue) => new(
        $"{queue.Name} holds {Words.Count(queue.Waiting, "message")} and nobody consumes it.",
        Words.Rounded(queue.InRate) > 0 ? $"No consumer is subscribed, and {Words.Rate(queue.InRate)} come in." : "No consumer is subscribed.",
        "nobody consumes it");

    /// <summary><see cref="FindingIds.Stalled"/>.</summary>
    public static FindingText Stalled(QueueFacts queue)
    {
        string fact = $"Consumers of {queue.Name} hold {Words.Count(queue.Held, "message")} and have settled none for a minute.";
        return queue.Consumers switch
        {
            [] => new FindingText(fact, "They are held by clients that fetch messages one by one, or whose consumer has ended.", "held by clients that no longer consume"),
            [{ } only] => new FindingText(fact, $"{only.Who} holds them with the consumer {only.Tag}.", $"{only.Client ?? only.Connection} settles nothing"),
            _ => new FindingText(fact, $"{queue.Consumers.Count} consumers share them: {Few(queue.Consumers.Select(one => one.Who))}.", $"{queue.Consumers.Count} consumers settle nothing"),
        };
    }

    /// <summary><see cref="FindingIds.Growing"/>.</summary>
    public static FindingText Growing(QueueFacts queue)
    {
        (string? cause, string brief) = CauseOfGrowth(queue);
        string? limit = queue.Settings.MaxLength is { } max && queue.Growth > 0 && queue.Waiting < max
            ? $"It reaches its limit of {Words.Count(max)} in {Words.Duration((max - queue.Waiting) / queue.Growth)}."
            : null;
        string text = string.Join(' ', new[] { cause, limit }.OfType<string>());
        return new FindingText(
            $"{queue.Name} grows by {Words.Rate(queue.Growth)}: {Words.Rate(queue.InRate)} come in, {Words.Rate(queue.OutRate)} go out.", text.Length > 0 ? text : null, brief);
    }

    /// <summary><see cref="FindingIds.Rejecting"/>.</summary>
    /// <param name="queue">The queue.</param>
    /// <param name="share">Dead letters for each delivery.</param>
    /// <param name="isRejected">Whether most of them were rejected; else they came back too often.</param>
    public static FindingText Rejecting(QueueFacts queue, double share, bool isRejected) => new(
        $"{Words.Share(share)} of the deliveries of {queue.Name} end as dead letters.",
        isRejected ? "Its consumers reject them." : "They come back more often than the queue allows.",
        $"{Words.Share(share)} end as dead letters");

    /// <summary><see cref="FindingIds.NearLimit"/>.</summary>
    public static FindingText NearLimit(QueueFacts queue)
    {
        EffectiveArguments settings = queue.Settings;
        bool isByBytes = ShareOfBytes(queue) > ShareOfLength(queue);
        string fact = isByBytes
            ? $"{queue.Name} holds {Words.Bytes(queue.ReadyBytes ?? 0)} of the {Words.Bytes(settings.MaxLengthBytes ?? 0)} that it may."
            : $"{queue.Name} holds {Words.Count(queue.Waiting)} of the {Words.Count(settings.MaxLength ?? 0, "message")} that it may.";
        string then = settings.Overflow switch
        {
            Overflow.DropHead when settings.DeadLetterExchange is { } exchange => $"At the limit its oldest messages go to the exchange '{exchange}'.",
            Overflow.DropHead => "At the limit its oldest messages are dropped.",
            Overflow.RejectPublishDlx when settings.DeadLetterExchange is { } exchange => $"At the limit new messages are refused and go to the exchange '{exchange}'.",
            _ => "At the limit new messages are refused.",
        };
        string time = !isByBytes && queue.Growth > 0 && queue.Waiting < settings.MaxLength
            ? $" That is in {Words.Duration((settings.MaxLength.Value - queue.Waiting) / queue.Growth)}."
            : string.Empty;
        return new FindingText(fact, then + time, $"{Words.Share(Math.Max(ShareOfBytes(queue), ShareOfLength(queue)))} of its limit");
    }

    /// <summary><see cref="FindingIds.Poison"/>.</summary>
    public static FindingText Poison(string queue, long offset, long count) => new(
        $"Message {offset} of {queue} has come back {count} times.",
        "Its consumers cannot process it, and it costs their time again and again.",
        $"message {offset} has come back {count} times");

    /// <summary><see cref="FindingIds.Quarantined"/>.</summary>
    public static FindingText OutOfService(string queue, string reason) => new(
        $"{queue} is out of service: {reason}.",
        "Messages that can be read are safe. Stop the broker and run 'ropeway verify' and 'ropeway repair' on its data directory.",
        reason);

    /// <summary>How much of its allowed length a queue has; 0 when any is allowed.</summary>
    public static double ShareOfLength(QueueFacts queue) => queue.Settings.MaxLength is > 0 and var max ? queue.Waiting / (double)max : 0;

    /// <summary>How much of its allowed bytes a queue has; 0 when any number is allowed.</summary>
    public static double ShareOfBytes(QueueFacts queue) => queue.Settings.MaxLengthBytes is > 0 and var max && queue.ReadyBytes is { } bytes ? bytes / (double)max : 0;

    private static (string? Cause, string Brief) CauseOfGrowth(QueueFacts queue)
    {
        int count = queue.Consumers.Count;
        if (count == 0)
        {
            return ("Nobody consumes it.", "nobody consumes it");
        }

        if (CauseOfFew(queue) is { } few)
        {
            return few;
        }

        if (queue.Settings.IsSingleActiveConsumer && count > 1)
        {
            return ($"Only one of its {count} consumers gets messages (single active consumer).", "a single active consumer");
        }

        long allowed = queue.Consumers.All(one => one.Prefetch > 0) ? queue.Consumers.Sum(one => (long)one.Prefetch) : 0;
        if (allowed > 0 && queue.Held >= allowed * FullShare && queue.OutRate > 0)
        {
            // Little's law: what is held is what goes out a second times how long each is held.
            double eachSeconds = queue.Held / queue.OutRate;
            int more = (int)Math.Ceiling((queue.InRate / (queue.OutRate / count)) - count);
            (string holds, string needs) = count == 1 ? ("Its 1 consumer holds", "needs") : ($"Its {count} consumers hold", "need");
            return (
                $"{holds} {Words.Count(queue.Held)} of {Words.Count(allowed)} allowed and {needs} {Words.Duration(eachSeconds)} each; {more} more of the same would keep up.",
                $"{Words.Count(count, "consumer")} at the limit of {Words.Count(allowed)}");
        }

        return ($"Its {Words.Count(count, "consumer")} {(count == 1 ? "does" : "do")} not keep up.", $"{Words.Count(count, "consumer")} too slow");
    }

    /// <summary>Consumers that get nothing more because they do not read, or settle nothing of all that they may hold. The others may well keep up with their part.</summary>
    private static (string Cause, string Brief)? CauseOfFew(QueueFacts queue)
    {
        ConsumerFacts[] deaf = [.. queue.Consumers.Where(one => one.BackloggedBytes > 0)];
        if (deaf is [{ } one])
        {
            return ($"{one.Who} does not read what it is sent: {Words.Bytes(one.BackloggedBytes)} wait for it.", $"{one.Client ?? one.Connection} does not read");
        }

        if (deaf.Length > 1)
        {
            return ($"{deaf.Length} of its {queue.Consumers.Count} consumers do not read what they are sent: {Few(deaf.Select(one => one.Who))}.", $"{deaf.Length} consumers do not read");
        }

        ConsumerFacts[] full = [.. queue.Consumers.Where(one => one.HeldAtLimit > 0 && one.SettledSeconds is null or >= SettlesNothingSeconds)];
        return full switch
        {
            [] => null,
            [{ } only] => (
                $"{only.Who} holds the {Words.Count(only.HeldAtLimit, "message")} that it may and has settled none {(only.SettledSeconds is { } seconds ? $"for {Words.Duration(seconds)}" : "so far")}.",
                $"{only.Client ?? only.Connection} settles nothing"),
            _ => ($"{full.Length} of its {queue.Consumers.Count} consumers hold all that they may and settle nothing: {Few(full.Select(one => one.Who))}.", $"{full.Length} consumers settle nothing"),
        };
    }

    private static string Few(IEnumerable<string> names)
    {
        string[] all = [.. names.Distinct(StringComparer.Ordinal)];
        return all.Length <= 3 ? string.Join(", ", all) : $"{string.Join(", ", all.Take(2))} and {all.Length - 2} more";
    }
}
