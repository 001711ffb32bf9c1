using Microsoft.Extensions.Logging;
using Ropeway.Core;
using Ropeway.Core.Policies;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;

namespace Ropeway.Management.Definitions;

/// <summary>
/// Brings definitions in RabbitMQ's export format into a broker: users, virtual hosts, permissions, topic permissions, parameters (operator policies and limits), policies, exchanges, queues, bindings, in this order.
/// Entries that are there already are checked or overwritten, so that the same import can be repeated. The first entry that is refused ends it; what
/// came before stays. Used once.
/// </summary>
public sealed class DefinitionImport
{
    private const string ClusterId = "internal_cluster_id"; // In every export of RabbitMQ, and of no use elsewhere.

    private readonly Broker _broker;
    private readonly string? _onlyHost;
    private readonly List<string> _summary = [];
    private ulong _index;

    private DefinitionImport(Broker broker, string? onlyHost)
    {
        _broker = broker;
        _onlyHost = onlyHost;
    }

    /// <summary>Imports a document.</summary>
    /// <param name="broker">Where to.</param>
    /// <param name="utf8">The JSON.</param>
    /// <exception cref="InvalidDataException">An entry was refused; the text names it.</exception>
    public static void Apply(Broker broker, ReadOnlyMemory<byte> utf8)
    {
        try
        {
            Apply(broker, JsonBody.Parse(utf8), onlyHost: null);
        }
        catch (ApiException fault)
        {
            throw new InvalidDataException(fault.Message, fault);
        }
    }

    /// <summary>Imports a document.</summary>
    /// <param name="broker">Where to.</param>
    /// <param name="document">The definitions.</param>
    /// <param name="onlyHost">Null for all; else only topology is imported, and into this virtual host.</param>
    /// <returns>The commit index to wait for.</returns>
    /// <exception cref="ApiException">400: an entry was refused; the text names it.</exception>
    internal static ulong Apply(Broker broker, JsonBody document, string? onlyHost)
    {
        var import = new DefinitionImport(broker, onlyHost);
        import.ApplyAll(document);
        return import._index;
    }

    private void ApplyAll(JsonBody document)
    {
        if (_onlyHost is null)
        {
            Section(document, "users", entry => entry.RequiredText("name"), (entry, name) => DefinitionWriter.PutUser(_broker, name, entry));
            Section(document, "vhosts", entry => entry.RequiredText("name"), (entry, name) => DefinitionWriter.PutVirtualHost(_broker, name, entry));
            Section(
                document,
                "permissions",
                entry => entry.RequiredText("user"),
                (entry, user) => DefinitionWriter.PutPermission(_broker, entry.RequiredText("vhost"), user, entry));
            Section(
                document,
                "topic_permissions",
                entry => entry.RequiredText("user"),
                (entry, user) => DefinitionWriter.PutTopicPermission(_broker, entry.RequiredText("vhost"), user, entry));
        }

        WarnOf("parameters", document.Entries("parameters").Count(entry => !IsKnown(entry)));
        WarnOf("global_parameters", document.Entries("global_parameters").Count(entry => entry.Text("name") != ClusterId));
        Section(document, "parameters", entry => entry.RequiredText("name"), PutParameter);
        Section(document, "policies", entry => entry.RequiredText("name"), (entry, name) => DefinitionWriter.PutPolicy(HostOf(entry), PolicyKind.User, name, entry));
        Section(document, "exchanges", entry => entry.RequiredText("name"), (entry, name) => DefinitionWriter.DeclareExchange(HostOf(entry), DefinitionWriter.ReadExchange(name, entry)));
        Section(document, "queues", entry => entry.RequiredText("name"), (entry, name) => DefinitionWriter.DeclareQueue(HostOf(entry), DefinitionWriter.ReadQueue(name, entry)));
        Section(document, "bindings", entry => entry.RequiredText("source"), Bind);
        ManagementLog.Imported(_broker.Logger, _summary.Count == 0 ? "nothing" : string.Join(", ", _summary));
    }

    private static bool IsKnown(JsonBody parameter) => parameter.Text("component") is DefinitionWriter.OperatorPolicy or DefinitionWriter.HostLimits;

    private Written PutParameter(JsonBody entry, string name) => entry.Text("component") switch
    {
        DefinitionWriter.OperatorPolicy => DefinitionWriter.PutPolicy(HostOf(entry), PolicyKind.Operator, name, entry.RequiredObject("value")),
        DefinitionWriter.HostLimits => DefinitionWriter.PutLimits(HostOf(entry), entry.RequiredObject("value")),
        _ => default,
    };

    private void WarnOf(string section, int leftOutCount)
    {
        if (leftOutCount > 0)
        {
            ManagementLog.NotImported(_broker.Logger, leftOutCount, section, "this release does not know them");
        }
    }

    private Written Bind(JsonBody entry, string source)
    {
        string type = entry.RequiredText("destination_type");
        return type is "queue" or "exchange"
            ? DefinitionWriter.Bind(HostOf(entry), source, type == "queue", entry.RequiredText("destination"), entry)
            : throw ApiException.BadRequest($"destination_type '{type}' is neither queue nor exchange");
    }

    private VirtualHost HostOf(JsonBody entry)
    {
        string name = _onlyHost ?? entry.RequiredText("vhost");
        return _broker.VirtualHosts.TryGet(name, out VirtualHost? host) ? host : throw ApiException.BadRequest($"no_such_vhost '{name}'");
    }

    private void Section(JsonBody document, string section, Func<JsonBody, string> nameOf, Func<JsonBody, string, Written> write)
    {
        int count = 0;
        foreach (JsonBody entry in document.Entries(section))
        {
            string name = string.Empty;
            try
            {
                name = nameOf(entry);
                _index = Math.Max(_index, write(entry, name).Index);
            }
            catch (Exception fault) when (fault is ApiException or RefusedException)
            {
                throw ApiException.BadRequest($"{section}[{count}] '{name}': {fault.Message}");
            }

            count++;
        }

        if (count > 0)
        {
            _summary.Add($"{count} {section}");
        }
    }
}
