using System.Text;
using System.Text.Json;
using Ropeway.Core;
using Ropeway.Core.Jobs;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Topology;
using Ropeway.Management.Endpoints;
using Ropeway.Management.Http;
using Ropeway.Security;

namespace Ropeway.Management.Messages;

/// <summary>Reads what a client wants a job to do, and checks that it may: what permissions refuse over AMQP they refuse here.</summary>
/// <param name="request">The request.</param>
/// <param name="body">Its body.</param>
internal sealed class JobReading(ApiRequest request, JsonBody body)
{
    private const int RateMax = 1_000_000;

    /// <summary>Reads it.</summary>
    /// <exception cref="ApiException">Something is wrong, missing or not permitted.</exception>
    public JobRequest Read()
    {
        Broker broker = request.Broker; // Jobs are known for a day: what is asked then must not hold the request.
        User user = request.User;
        JsonBody source = body.RequiredObject("source");
        VirtualHost host = request.Host(source.RequiredText("vhost"));
        Queue queue = FindQueue(host, source.RequiredText("queue"), AccessOperation.Read);
        var wanted = new JobRequest(KindOf(body.RequiredText("kind")), queue, user.Name)
        {
            Filter = BrowseQuery.Filter(body.Text("filter"), broker.Time.GetUtcNow()),
            Sequences = ReadSequences(),
            RateMax = body.Has("rate") ? (int)InRange("rate", 1, RateMax) : null,
            IsDryRun = body.Flag("dry_run", defaultValue: false),
            MayPublish = (exchange, key) => broker.Permissions.Topics.Authorize(user, exchange.Host.Name, AccessOperation.Write, exchange.Name, key),
        };
        Check(wanted);
        wanted = wanted.Kind switch
        {
            JobKind.Move or JobKind.Copy => WithTarget(wanted, body.RequiredObject("target")),
            JobKind.Redrive => WithDefaultExchange(wanted),
            _ => wanted,
        };
        return wanted with { Refusal = () => RefusalOf(broker, user, wanted) };
    }

    /// <summary>Refuses unless the user has the permissions that it takes to begin a job.</summary>
    /// <exception cref="ApiException">One is missing.</exception>
    public static void RequirePermissions(ApiRequest request, JobRequest wanted)
    {
        request.Host(wanted.Source.Host.Name);
        if (RefusalOf(request.Broker, request.User, wanted) is { } refusal)
        {
            throw ApiException.Forbidden(refusal);
        }
    }

    /// <summary>Refuses when a queue has more messages than its user has seen.</summary>
    /// <param name="countMax">What the user has seen; null for anything.</param>
    /// <param name="queue">The queue.</param>
    public static void CheckCount(long? countMax, Queue queue)
    {
        long count = queue.MessageCount + queue.DelayedCount;
        if (count > countMax)
        {
            throw ApiException.Conflict($"{RefusalTexts.Queue(queue.Name, queue.Host.Name)} has {count} messages, at most {countMax} were expected");
        }
    }

    private static JobKind KindOf(string kind) => kind switch
    {
        "move" => JobKind.Move,
        "copy" => JobKind.Copy,
        "delete" => JobKind.Delete,
        "redrive" => JobKind.Redrive,
        "purge" => JobKind.Purge,
        _ => throw ApiException.BadRequest($"'kind' is move, copy, delete, redrive or purge, got '{kind}'"),
    };

    private void Check(JobRequest wanted)
    {
        if (wanted.Kind != JobKind.Copy && wanted.Source is not SharedQueue)
        {
            ApiException.ThrowBadRequest($"{RefusalTexts.Queue(wanted.Source.Name, wanted.Source.Host.Name)} is a stream: its messages can only be copied");
        }

        if (wanted.Kind == JobKind.Purge && (wanted.Filter is not null || wanted.Sequences is not null))
        {
            ApiException.ThrowBadRequest("a purge takes all messages: to take some, 'kind' is delete");
        }

        CheckCount(body.Has("if_count_at_most") ? InRange("if_count_at_most", 0, long.MaxValue) : null, wanted.Source);
    }

    private JobRequest WithTarget(JobRequest wanted, JsonBody target)
    {
        string? routingKey = target.Text("routing_key");
        if (routingKey is not null && Encoding.UTF8.GetByteCount(routingKey) > byte.MaxValue)
        {
            ApiException.ThrowBadRequest($"'routing_key' is longer than {byte.MaxValue} bytes");
        }

        if (target.Has("queue") == target.Has("exchange"))
        {
            ApiException.ThrowBadRequest("'target' has either 'queue' or 'exchange'");
        }

        VirtualHost host = wanted.Source.Host;
        if (target.Text("vhost") is { } other && other != host.Name)
        {
            throw ApiException.BadRequest($"messages stay in the vhost of their queue, '{host.Name}': 'target' has vhost '{other}'");
        }

        if (target.Text("queue") is { } queue)
        {
            return WithDefaultExchange(wanted) with { TargetQueue = FindQueue(host, queue, operation: null), RoutingKey = routingKey };
        }

        string name = ExchangeEndpoints.NameOf(target.RequiredText("exchange"));
        RequireWrite(request, host, name);
        if (!host.TryGetExchange(name, out Exchange? exchange))
        {
            throw ApiException.NotFound($"no {RefusalTexts.Exchange(name, host.Name)}");
        }

        return !exchange.Internal
            ? wanted with { TargetExchange = exchange, RoutingKey = routingKey }
            : throw ApiException.Forbidden(RefusalTexts.InternalExchange(name, host.Name));
    }

    /// <summary>To put a message into a queue over AMQP it takes permission to write to the default exchange.</summary>
    private JobRequest WithDefaultExchange(JobRequest wanted)
    {
        RequireWrite(request, wanted.Source.Host, string.Empty);
        return wanted;
    }

    private static void RequireWrite(ApiRequest request, VirtualHost host, string exchange) => request.RequireNamed(host, AccessOperation.Write, exchange, NameOf(exchange, host));

    private static string NameOf(string exchange, VirtualHost host) => RefusalTexts.Exchange(exchange.Length == 0 ? "amq.default" : exchange, host.Name);

    /// <summary>Why a user may not do a job, also later than when it began; null when nothing is missing.</summary>
    private static string? RefusalOf(Broker broker, User user, JobRequest wanted)
    {
        if (!broker.Users.TryGet(user.Name, out _))
        {
            return $"user '{user.Name}' does not exist any more";
        }

        VirtualHost host = wanted.Source.Host;
        AccessOperation needed = wanted.Kind == JobKind.DeleteQueue ? AccessOperation.Configure : AccessOperation.Read;
        string target = wanted.TargetExchange?.Name ?? string.Empty;
        return ApiRequest.RefusalOf(broker, user, host, needed, wanted.Source.Name, RefusalTexts.Queue(wanted.Source.Name, host.Name))
            ?? (wanted.Kind is JobKind.Move or JobKind.Copy or JobKind.Redrive ? ApiRequest.RefusalOf(broker, user, host, AccessOperation.Write, target, NameOf(target, host)) : null);
    }

    private Queue FindQueue(VirtualHost host, string name, AccessOperation? operation)
    {
        if (operation is { } needed)
        {
            request.RequireNamed(host, needed, name, RefusalTexts.Queue(name, host.Name));
        }

        if (!host.TryGetQueue(name, out _))
        {
            throw ApiException.NotFound($"no {RefusalTexts.Queue(name, host.Name)}");
        }

        return host.GetQueue(name, owner: null); // Refuses another connection's own queue.
    }

    private long[]? ReadSequences()
    {
        if (!body.Has("sequences"))
        {
            return null;
        }

        JsonElement array = body.Element.GetProperty("sequences");
        if (array.ValueKind != JsonValueKind.Array || array.GetArrayLength() > JobRequest.SequencesMax)
        {
            ApiException.ThrowBadRequest($"'sequences' is an array of at most {JobRequest.SequencesMax} numbers");
        }

        return [.. array.EnumerateArray().Select(item => item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out long sequence) && sequence >= 0
            ? sequence
            : throw ApiException.BadRequest("'sequences' holds whole numbers that are not negative")).Distinct().Order()];
    }

    private long InRange(string name, long min, long max) => body.RequiredNumber(name) is var number && number >= min && number <= max
        ? number
        : throw ApiException.BadRequest($"'{name}' is a whole number from {min} to {max}");
}
