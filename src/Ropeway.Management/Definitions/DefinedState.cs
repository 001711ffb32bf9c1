using System.Text.Json;
using Ropeway.Core.Policies;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Topology;
using Ropeway.Management.Endpoints;
using Ropeway.Management.Http;
using Ropeway.Management.Views;
using Ropeway.Messages;
using Ropeway.Security;

namespace Ropeway.Management.Definitions;

/// <summary>
/// Finds what entries of a document of definitions name, and tells it as fields with their values as JSON, to be compared. Passwords are not among them. Used once, by one thread.
/// </summary>
/// <param name="of">Where it looks.</param>
/// <param name="onlyHost">The virtual host that all entries are for; null for the one that each names.</param>
internal sealed class DefinedState(Core.Topology.Definitions of, string? onlyHost)
{
    private readonly Dictionary<string, HashSet<DefinitionKey>> _bindings = new(StringComparer.Ordinal); // By virtual host, when one is asked for.
    private Dictionary<(string User, string Host), PermissionGrant>? _grants;
    private Dictionary<(string User, string Host, string Exchange), TopicGrant>? _topics;

    /// <summary>The virtual host that an entry belongs to; null for users, virtual hosts and global parameters.</summary>
    public string? HostOf(string section, JsonBody entry) => section is "users" or "vhosts" or "global_parameters" ? null : onlyHost ?? entry.Text("vhost");

    /// <summary>What an entry names.</summary>
    /// <param name="section">The name of its array.</param>
    /// <param name="entry">The entry.</param>
    /// <param name="name">Its name in that array.</param>
    /// <returns>Fields in the order of their names; null when there is no such thing.</returns>
    public SortedDictionary<string, string>? Find(string section, JsonBody entry, string name)
    {
        if (section is "users" or "vhosts" or "global_parameters")
        {
            return FindGlobal(section, name);
        }

        string hostName = HostOf(section, entry) ?? string.Empty;
        switch (section)
        {
            case "permissions":
                _grants ??= of.Permissions.All.ToDictionary(grant => (grant.User, grant.VirtualHost));
                return _grants.TryGetValue((name, hostName), out PermissionGrant? grant) ? Fields(("configure", Json(grant.Configure)), ("write", Json(grant.Write)), ("read", Json(grant.Read))) : null;
            case "topic_permissions":
                _topics ??= of.Permissions.Topics.All.ToDictionary(topic => (topic.User, topic.VirtualHost, topic.Exchange));
                return _topics.TryGetValue((name, hostName, entry.Text("exchange") ?? string.Empty), out TopicGrant? topic) ? Fields(("write", Json(topic.Write)), ("read", Json(topic.Read))) : null;
            default:
                return of.VirtualHosts.TryGet(hostName, out VirtualHost? host) ? FindIn(host, section, entry, name) : null;
        }
    }

    /// <summary>What an entry that was accepted says of a permission or binding, as <see cref="Find"/> would find it.</summary>
    public static SortedDictionary<string, string> Granted(string section, JsonBody entry) => section switch
    {
        "permissions" => Fields(("configure", Json(entry.RequiredText("configure"))), ("write", Json(entry.RequiredText("write"))), ("read", Json(entry.RequiredText("read")))),
        "topic_permissions" => Fields(("write", Json(entry.RequiredText("write"))), ("read", Json(entry.RequiredText("read")))),
        _ => [],
    };

    private SortedDictionary<string, string>? FindGlobal(string section, string name)
    {
        switch (section)
        {
            case "users" when of.Users.TryGet(name, out User? user):
                return With(Fields(("tags", Json(string.Join(", ", user.Tags)))), "limits", LimitEndpoints.TableOf(of.LimitsOfUsers.Get(name).Named()));
            case "vhosts" when of.VirtualHosts.TryGet(name, out VirtualHost? host):
                VirtualHostSettings settings = host.Settings;
                return Fields(("description", Json(settings.Description)), ("tags", Json(string.Join(", ", settings.Tags))), ("default_queue_type", Json(settings.DefaultQueueType ?? string.Empty)));
            case "global_parameters" when of.GlobalParameters.TryGet(name, out byte[]? json):
                return Fields(("value", System.Text.Encoding.UTF8.GetString(json)));
            default:
                return null;
        }
    }

    private SortedDictionary<string, string>? FindIn(VirtualHost host, string section, JsonBody entry, string name)
    {
        switch (section)
        {
            case "parameters" when entry.Text("component") == DefinitionWriter.OperatorPolicy:
                return FindPolicy(host, PolicyKind.Operator, name);
            case "parameters" when entry.Text("component") == DefinitionWriter.HostLimits:
                return With([], "limits", LimitEndpoints.TableOf(host.Limits.Named()));
            case "policies":
                return FindPolicy(host, PolicyKind.User, name);
            case "exchanges" when host.TryGetExchange(name, out Exchange? exchange):
                ExchangeSettings made = exchange.Settings;
                return With(
                    Fields(("type", Json(ExchangeTypes.GetName(made.Type))), ("durable", Json(made.Durable)), ("auto_delete", Json(made.AutoDelete)), ("internal", Json(made.Internal))), "arguments", made.Arguments);
            case "queues" when host.TryGetQueue(name, out Queue? queue):
                return With(Fields(("durable", Json(queue.Settings.Durable)), ("auto_delete", Json(queue.Settings.AutoDelete))), "arguments", queue.Settings.Arguments);
            case "bindings":
                return BindingsOf(host).Contains(DefinitionKey.OfBinding(host.Name, name, entry.Text("destination_type") == "queue", entry.Text("destination") ?? string.Empty, entry.Text("routing_key") ?? string.Empty, entry.Arguments("arguments"))) ? [] : null;
            default:
                return null;
        }
    }

    private HashSet<DefinitionKey> BindingsOf(VirtualHost host)
    {
        if (!_bindings.TryGetValue(host.Name, out HashSet<DefinitionKey>? keys))
        {
            keys = [.. host.ListBindings().Select(binding => DefinitionKey.OfBinding(host.Name, binding.Source.Name, binding.Destination is Queue, binding.Destination.Name, binding.RoutingKey, binding.Arguments))];
            _bindings.Add(host.Name, keys);
        }

        return keys;
    }

    private static SortedDictionary<string, string>? FindPolicy(VirtualHost host, PolicyKind kind, string name) =>
        PolicyEndpoints.ViewsOf(host, kind).FirstOrDefault(policy => policy.Name == name) is { } policy
            ? With(Fields(("pattern", Json(policy.Pattern)), ("apply-to", Json(policy.ApplyTo)), ("priority", Json(policy.Priority))), "definition", policy.Definition)
            : null;

    private static SortedDictionary<string, string> Fields(params (string Name, string Value)[] fields) =>
        new(fields.ToDictionary(field => field.Name, field => field.Value, StringComparer.Ordinal), StringComparer.Ordinal);

    private static SortedDictionary<string, string> With(SortedDictionary<string, string> fields, string name, FieldTable? table)
    {
        foreach (JsonProperty member in JsonSerializer.SerializeToElement(table ?? [], ViewJson.Default.FieldTable).EnumerateObject())
        {
            fields.Add($"{name}.{member.Name}", member.Value.GetRawText());
        }

        return fields;
    }

    private static string Json(string text) => JsonSerializer.SerializeToElement(text, ViewJson.Default.String).GetRawText();

    private static string Json(long number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private static string Json(bool value) => value ? "true" : "false";
}
