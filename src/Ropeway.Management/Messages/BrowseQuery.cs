using System.Globalization;
using Ropeway.Core.Queues;
using Ropeway.Core.Queues.Browsing;
using Ropeway.Core.Streams;
using Ropeway.Management.Http;

namespace Ropeway.Management.Messages;

/// <summary>Reads from a request's query which messages are to be shown. Pure; any thread.</summary>
internal static class BrowseQuery
{
    private const string TimePrefix = "time:";

    /// <summary>Reads <c>set</c>, <c>from</c>, <c>direction</c>, <c>limit</c>, <c>filter</c> and <c>budget_bytes</c>.</summary>
    /// <exception cref="ApiException">One of them is wrong.</exception>
    public static BrowseRequest Read(ApiRequest request, Queue queue)
    {
        string? from = request.Parameter("from");
        bool isBackward = request.Parameter("direction") switch
        {
            null => from == "newest",
            "forward" => false,
            "back" => true,
            var other => throw ApiException.BadRequest($"'direction' is forward or back, got '{other}'"),
        };
        var wanted = new BrowseRequest(SetOf(request.Parameter("set"), queue), StartOf(from))
        {
            IsBackward = isBackward,
            CountMax = (int)NumberOf(request, "limit", 50, BrowseRequest.CountLimit),
            Filter = FilterOf(request),
        };
        return wanted with { BytesMax = NumberOf(request, "budget_bytes", wanted.BytesMax, wanted.BytesMax) };
    }

    /// <summary>Reads a filter.</summary>
    /// <exception cref="ApiException">It is wrong: the text says where.</exception>
    public static MessageFilter? Filter(string? text, DateTimeOffset now)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }

        return MessageFilter.TryParse(text, now, out MessageFilter? filter, out FilterError? error) ? filter : throw ApiException.BadRequest($"filter, {error}");
    }

    private static MessageFilter? FilterOf(ApiRequest request) => Filter(request.Parameter("filter"), request.Broker.Time.GetUtcNow());

    private static BrowseSet SetOf(string? set, Queue queue) => set switch
    {
        null => queue is StreamQueue ? BrowseSet.All : BrowseSet.Waiting,
        "waiting" => BrowseSet.Waiting,
        "held" => BrowseSet.Held,
        "delayed" => BrowseSet.Delayed,
        "all" => BrowseSet.All,
        _ => throw ApiException.BadRequest($"'set' is waiting, held, delayed or all, got '{set}'"),
    };

    private static BrowseStart StartOf(string? from)
    {
        if (from is null or "oldest")
        {
            return BrowseStart.Oldest;
        }

        if (from == "newest")
        {
            return BrowseStart.Newest;
        }

        if (from.StartsWith(TimePrefix, StringComparison.Ordinal)
            && DateTimeOffset.TryParse(from.AsSpan(TimePrefix.Length), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time))
        {
            return BrowseStart.Since(time.ToUnixTimeMilliseconds());
        }

        return long.TryParse(from, NumberStyles.None, CultureInfo.InvariantCulture, out long sequence)
            ? BrowseStart.At(sequence)
            : throw ApiException.BadRequest($"'from' is oldest, newest, a sequence number or time:2026-03-01T14:00:00Z, got '{from}'");
    }

    private static long NumberOf(ApiRequest request, string name, long defaultValue, long max)
    {
        string? text = request.Parameter(name);
        if (text is null)
        {
            return defaultValue;
        }

        return long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) && number >= 1 && number <= max
            ? number
            : throw ApiException.BadRequest($"'{name}' is a whole number from 1 to {max}, got '{text}'");
    }
}
