using System.Text;
using Ropeway.Core;
using Ropeway.Core.Limits;
using Ropeway.Core.Policies;
using Ropeway.Core.Queues;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Security;

namespace Ropeway.Management.Definitions;

/// <summary>
/// Makes or changes one thing from its JSON, for single requests and for imports alike. What the user may do was checked before. Not on a socket
/// thread: passwords are hashed. Any thread.
/// </summary>
internal static class DefinitionWriter
{
    /// <summary>Component of the parameters that are operator policies.</summary>
    public const string OperatorPolicy = "operator_policy";

    /// <summary>Component of the parameters that are limits of virtual hosts.</summary>
    public const string HostLimits = "vhost-limits";

    private const int TagCountMax = 64;
    private const int DescriptionBytesMax = 4096;

    /// <summary>A virtual host: <c>description</c>, <c>tags</c>, <c>default_queue_type</c>, also within <c>metadata</c>. One that is there keeps its own when none of them is named.</summary>
    public static Written PutVirtualHost(Core.Topology.Definitions to, string name, JsonBody body)
    {
        JsonBody named = body.Has("metadata") ? body.RequiredObject("metadata") : body;
        if (!named.Has("description") && !named.Has("tags") && !named.Has("default_queue_type") && to.VirtualHosts.TryGet(name, out _))
        {
            return default;
        }

        string description = named.Text("description") ?? string.Empty;
        if (Encoding.UTF8.GetByteCount(description) > DescriptionBytesMax)
        {
            ApiException.ThrowBadRequest($"a description holds at most {DescriptionBytesMax} bytes");
        }

        string? type = named.Text("default_queue_type") is { Length: > 0 } text && text != "undefined" ? text : null;
        if (type is not null && !VirtualHostSettings.IsQueueType(type))
        {
            ApiException.ThrowBadRequest($"default_queue_type '{type}' is neither classic nor quorum nor stream");
        }

        var settings = new VirtualHostSettings(description, TagsOf(named, "a vhost") ?? [], type);
        ulong index = to.VirtualHosts.Put(name, settings, out bool isNew);
        return new Written(isNew, index);
    }

    /// <summary>A value for the broker as a whole: <c>value</c>, any JSON.</summary>
    public static Written PutGlobalParameter(Core.Topology.Definitions to, string name, JsonBody body)
    {
        ulong index = to.GlobalParameters.Set(name, Encoding.UTF8.GetBytes(body.RequiredValue("value").GetRawText()), out bool isNew);
        return new Written(isNew, index);
    }

    /// <summary>All limits of a virtual host.</summary>
    public static Written PutLimits(VirtualHost host, JsonBody body)
    {
        VirtualHostLimits limits = VirtualHostLimits.None;
        foreach (string name in body.Names())
        {
            limits = limits.With(name, body.RequiredLimit(name, name));
        }

        return new Written(IsNew: false, host.SetLimits(limits));
    }

    /// <summary>A user: <c>password</c>, or <c>password_hash</c> with <c>hashing_algorithm</c>, or neither for one that cannot log in by password; <c>tags</c>; <c>limits</c>, which are added to those it has.</summary>
    public static Written PutUser(Core.Topology.Definitions to, string name, JsonBody body)
    {
        IReadOnlyList<string> tags = TagsOf(body, "a user") ?? throw ApiException.BadRequest("tags_not_present");
        bool isNew = !to.Users.TryGet(name, out _);
        (string Name, long Value)[] limits = body.Has("limits") ? [.. UserLimitsOf(body.RequiredObject("limits"))] : [];
        try
        {
            ulong index = to.Users.Put(new StoredUser(new User(name, tags), PasswordHashes.Read(body)));
            foreach ((string limit, long value) in limits)
            {
                index = Math.Max(index, to.LimitsOfUsers.Set(name, limit, value));
            }

            return new Written(isNew, index);
        }
        catch (ArgumentException fault)
        {
            throw ApiException.BadRequest(fault.Message);
        }
    }

    /// <summary>What a user may do in a virtual host.</summary>
    public static Written PutPermission(Core.Topology.Definitions to, string host, string user, JsonBody body)
    {
        if (!to.VirtualHosts.TryGet(host, out _) || !to.Users.TryGet(user, out _))
        {
            throw PermissionRefusal(problem: null);
        }

        var grant = new PermissionGrant(user, host, body.RequiredText("configure"), body.RequiredText("write"), body.RequiredText("read"));
        bool isNew = !to.Permissions.All.Any(other => other.User == user && other.VirtualHost == host);
        return to.Permissions.TrySet(grant, out ulong index, out string? problem)
            ? new Written(isNew, index)
            : throw PermissionRefusal(problem);
    }

    /// <summary>Which routing keys of a topic exchange a user may use.</summary>
    public static Written PutTopicPermission(Core.Topology.Definitions to, string host, string user, JsonBody body)
    {
        if (!to.VirtualHosts.TryGet(host, out _) || !to.Users.TryGet(user, out _))
        {
            throw PermissionRefusal(problem: null);
        }

        TopicPermissions topics = to.Permissions.Topics;
        var grant = new TopicGrant(user, host, body.RequiredText("exchange"), body.RequiredText("write"), body.RequiredText("read"));
        bool isNew = !topics.All.Any(other => other.User == user && other.VirtualHost == host); // By user and virtual host, as in RabbitMQ.
        return topics.TrySet(grant, out ulong index, out string? problem)
            ? new Written(isNew, index)
            : throw PermissionRefusal(problem);
    }

    /// <summary>A policy or operator policy: <c>pattern</c>, <c>definition</c>, <c>priority</c>, <c>apply-to</c>.</summary>
    public static Written PutPolicy(VirtualHost host, PolicyKind kind, string name, JsonBody body)
    {
        var policy = Policy.Create(
            kind,
            name,
            body.RequiredText("pattern"),
            PolicyTargets.Parse(body.Text("apply-to") ?? "all"),
            body.Number("priority", defaultValue: 0),
            body.Arguments("definition") ?? []);
        bool isNew = host.Policies.List(kind).All(other => other.Name != name);
        return new Written(isNew, host.Policies.Set(policy));
    }

    /// <summary>A queue, as <see cref="ReadQueue"/> has read it.</summary>
    public static Written DeclareQueue(VirtualHost host, QueueSettings settings)
    {
        DeclaredQueue declared = host.DeclareQueue(settings);
        return new Written(declared.Created, declared.CommitIndex);
    }

    /// <summary>What a queue is to be.</summary>
    public static QueueSettings ReadQueue(string name, JsonBody body) => new(
        name, body.Flag("durable", defaultValue: false), Exclusive: false, body.Flag("auto_delete", defaultValue: false), body.Arguments("arguments"), Owner: null);

    /// <summary>An exchange, as <see cref="ReadExchange"/> has read it.</summary>
    public static Written DeclareExchange(VirtualHost host, ExchangeSettings settings)
    {
        DeclaredExchange declared = host.DeclareExchange(settings);
        return new Written(declared.Created, declared.CommitIndex);
    }

    /// <summary>What an exchange is to be.</summary>
    public static ExchangeSettings ReadExchange(string name, JsonBody body) => new(
        name,
        ExchangeTypes.Parse(body.Text("type") ?? "direct"),
        body.Flag("durable", defaultValue: false),
        body.Flag("auto_delete", defaultValue: false),
        body.Flag("internal", defaultValue: false),
        body.Arguments("arguments"));

    /// <summary>A binding.</summary>
    /// <param name="host">The virtual host.</param>
    /// <param name="source">An exchange.</param>
    /// <param name="toQueue">True for a queue, false for an exchange.</param>
    /// <param name="destination">Its name.</param>
    /// <param name="body"><c>routing_key</c> and <c>arguments</c>.</param>
    public static Written Bind(VirtualHost host, string source, bool toQueue, string destination, JsonBody body)
    {
        string key = body.Text("routing_key") ?? string.Empty;
        ulong index = toQueue
            ? host.BindQueue(source, destination, key, body.Arguments("arguments"), owner: null)
            : host.BindExchange(source, destination, key, body.Arguments("arguments"));
        return new Written(IsNew: true, index);
    }

    private static ApiException PermissionRefusal(string? problem) => ApiException.BadRequest(problem is null ? "vhost_or_user_not_found" : $"invalid_regexp: {problem}");

    private static IReadOnlyList<string>? TagsOf(JsonBody body, string owner)
    {
        IReadOnlyList<string>? tags = body.Tags("tags");
        if (tags?.Count > TagCountMax || tags?.Any(tag => Encoding.UTF8.GetByteCount(tag) > UserDirectory.NameBytesMax) == true)
        {
            ApiException.ThrowBadRequest($"{owner} has at most {TagCountMax} tags of {UserDirectory.NameBytesMax} bytes");
        }

        return tags;
    }

    private static IEnumerable<(string Name, long Value)> UserLimitsOf(JsonBody limits)
    {
        foreach (string name in limits.Names())
        {
            long value = limits.RequiredLimit(name, name);
            UserLimits.None.With(name, value); // Refuses what is no limit.
            yield return (name, value);
        }
    }
}
