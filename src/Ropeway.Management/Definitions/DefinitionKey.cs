using System.Text.Json;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Views;
using Ropeway.Messages;

namespace Ropeway.Management.Definitions;

/// <summary>What tells a definition from all others. Immutable; equal when it is the same definition.</summary>
/// <param name="Section">The array that it is in.</param>
/// <param name="Vhost">Its virtual host; null for users, virtual hosts and global parameters.</param>
/// <param name="Name">Its name there: of a permission the user's, of a binding the source's.</param>
internal sealed record DefinitionKey(string Section, string? Vhost, string Name)
{
    /// <summary>The exchange of a topic permission, the component of a parameter; else null.</summary>
    public string? Part { get; init; }

    /// <summary>What a binding leads to, a queue or an exchange; else null.</summary>
    public DefinitionKey? Destination { get; private init; }

    /// <summary>The routing key of a binding; else null.</summary>
    public string? RoutingKey { get; private init; }

    /// <summary>The arguments of a binding as JSON, by name; empty for none, null for what is no binding.</summary>
    public string? Arguments { get; private init; }

    /// <summary>As lists show it.</summary>
    public string Label => Destination is null ? Name : $"{Name} to {Destination.Name}, {RoutingKey}";

    /// <summary>As sentences name it.</summary>
    public string Text => $"{Section switch { "policies" => "policy", "topic_permissions" => "topic permission", "global_parameters" => "global parameter", _ => Section[..^1] }} '{Label}'";

    /// <summary>What must be there for it to be there.</summary>
    public IEnumerable<DefinitionKey> Needs()
    {
        if (Vhost is not null)
        {
            yield return new DefinitionKey("vhosts", Vhost: null, Vhost);
        }

        if (Section is "permissions" or "topic_permissions")
        {
            yield return new DefinitionKey("users", Vhost: null, Name);
        }

        if (Destination is not null)
        {
            yield return new DefinitionKey("exchanges", Vhost, Name);
            yield return Destination;
        }
    }

    /// <summary>The key of a binding.</summary>
    public static DefinitionKey OfBinding(string host, string source, bool toQueue, string destination, string routingKey, FieldTable? arguments) => new("bindings", host, source)
    {
        Destination = new DefinitionKey(toQueue ? "queues" : "exchanges", host, destination),
        RoutingKey = routingKey,
        Arguments = arguments is null or { Count: 0 } ? string.Empty : string.Join('\n', FieldsOf(arguments)),
    };

    /// <summary>The keys of all entries of a document. Those that name nothing are left out: an import is refused for them.</summary>
    /// <param name="document">The definitions.</param>
    /// <param name="onlyHost">The virtual host that all of them are for; null for the one that each names.</param>
    /// <exception cref="ApiException">400: it is no document of definitions.</exception>
    public static HashSet<DefinitionKey> AllOf(JsonBody document, string? onlyHost)
    {
        var keys = new HashSet<DefinitionKey>();
        foreach (string section in DefinitionSections.Of(onlyHost))
        {
            foreach (JsonBody entry in document.Entries(section))
            {
                try
                {
                    keys.Add(Of(section, entry, onlyHost));
                }
                catch (ApiException)
                {
                    // Named by the diff, with the reason.
                }
            }
        }

        return keys;
    }

    private static DefinitionKey Of(string section, JsonBody entry, string? onlyHost)
    {
        if (section is "users" or "vhosts" or "global_parameters")
        {
            return new DefinitionKey(section, Vhost: null, entry.RequiredText("name"));
        }

        string host = onlyHost ?? entry.RequiredText("vhost");
        switch (section)
        {
            case "permissions":
                return new DefinitionKey(section, host, entry.RequiredText("user"));
            case "topic_permissions":
                return new DefinitionKey(section, host, entry.RequiredText("user")) { Part = entry.RequiredText("exchange") };
            case "bindings":
                return OfBinding(host, entry.RequiredText("source"), entry.Text("destination_type") == "queue", entry.RequiredText("destination"), entry.Text("routing_key") ?? string.Empty, entry.Arguments("arguments"));
            case "parameters":
                string component = entry.RequiredText("component");
                return new DefinitionKey(section, host, component == DefinitionWriter.HostLimits ? DefinitionExport.LimitsName : entry.RequiredText("name")) { Part = component };
            default:
                return new DefinitionKey(section, host, NameRules.Clean(entry.RequiredText("name")));
        }
    }

    private static IEnumerable<string> FieldsOf(FieldTable arguments) => JsonSerializer.SerializeToElement(arguments, ViewJson.Default.FieldTable)
        .EnumerateObject()
        .Select(field => field.ToString())
        .Order(StringComparer.Ordinal);
}
