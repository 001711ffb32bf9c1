using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Ropeway.Core;
using Ropeway.Core.Policies;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Definitions;

/// <summary>
/// Brings definitions in RabbitMQ's export format into a broker: users, virtual hosts, permissions, topic permissions, global parameters, parameters (operator policies and limits), policies, exchanges, queues, bindings, in this order.
/// Entries that are there already are checked or overwritten, so that the same import can be repeated. All or nothing: everything is
/// tried on a copy first, and when an entry is refused nothing is changed. Used once.
/// </summary>
public sealed class DefinitionImport
{
    private const string ClusterId = "internal_cluster_id"; // In every export of RabbitMQ, and of no use elsewhere.

    private readonly Core.Topology.Definitions _to;
    private readonly string? _onlyHost;
    private readonly List<string> _summary = [];
    private DefinedState? _before; // Told before a binding is made; null to make each.
    private DefinitionDiff? _diff; // Told of each entry, refused ones too; null to end with the first that is refused.
    private ulong _index;

    private DefinitionImport(Core.Topology.Definitions to, string? onlyHost)
    {
        _to = to;
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
            Apply(broker, JsonBody.Parse(utf8, JsonBody.DefinitionsNestingMax), onlyHost: null);
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
        using (Rehearsal rehearsal = broker.Definitions.Rehearse())
        {
            CopyNamed(rehearsal, document, onlyHost);
            new DefinitionImport(rehearsal.Definitions, onlyHost).ApplyAll(document);
        }

        // A refusal is possible all the same: when a client declares something else of the same name right now.
        var import = new DefinitionImport(broker.Definitions, onlyHost) { _before = new DefinedState(broker.Definitions, onlyHost) };
        import.ApplyAll(document);
        import.Report(broker.Logger, document);
        return import._index;
    }

    /// <summary>Says what an import would change; changes nothing.</summary>
    /// <param name="broker">Where to.</param>
    /// <param name="document">The definitions.</param>
    /// <param name="onlyHost">As in <see cref="Apply(Broker, JsonBody, string?)"/>.</param>
    /// <exception cref="ApiException">400: it is no document of definitions.</exception>
    internal static DefinitionDiffView Compare(Broker broker, JsonBody document, string? onlyHost)
    {
        using Rehearsal rehearsal = broker.Definitions.Rehearse();
        CopyNamed(rehearsal, document, onlyHost);
        using var diff = new DefinitionDiff(broker, rehearsal.Definitions, onlyHost);
        new DefinitionImport(rehearsal.Definitions, onlyHost) { _diff = diff }.ApplyAll(document);
        return diff.ToView();
    }

    /// <summary>Brings one entry of an export back.</summary>
    /// <param name="broker">Where to.</param>
    /// <param name="section">The array that it was in.</param>
    /// <param name="entry">The entry.</param>
    /// <returns>The commit index to wait for.</returns>
    /// <exception cref="ApiException">It is refused.</exception>
    /// <exception cref="RefusedException">It is refused.</exception>
    internal static ulong Restore(Broker broker, string section, JsonBody entry) =>
        new DefinitionImport(broker.Definitions, onlyHost: null).Write(section, entry, NameOf(section, entry)).Index;

    /// <summary>Copies what the document names and is there already. What it has wrong is found later.</summary>
    private static void CopyNamed(Rehearsal rehearsal, JsonBody document, string? onlyHost)
    {
        foreach (string section in (string[])["exchanges", "queues", "bindings"])
        {
            foreach (JsonBody entry in document.Entries(section))
            {
                string host = onlyHost ?? TextOf(entry, "vhost");
                rehearsal.CopyExchange(host, TextOf(entry, section == "exchanges" ? "name" : "source"));
                rehearsal.CopyExchange(host, TextOf(entry, "destination"));
                rehearsal.CopyQueue(host, TextOf(entry, section == "queues" ? "name" : "destination"));
            }
        }
    }

    private static string TextOf(JsonBody entry, string name)
    {
        try
        {
            return entry.Text(name) ?? string.Empty;
        }
        catch (ApiException)
        {
            return string.Empty;
        }
    }

    private void ApplyAll(JsonBody document)
    {
        foreach (string section in DefinitionSections.Of(_onlyHost))
        {
            Section(document, section);
        }
    }

    private void Report(ILogger logger, JsonBody document)
    {
        WarnOf(logger, "parameters", document.Entries("parameters").Count(entry => !IsKnown(entry)));
        ManagementLog.Imported(logger, _summary.Count == 0 ? "nothing" : string.Join(", ", _summary));
    }

    private static bool IsKnown(JsonBody parameter) => parameter.Text("component") is DefinitionWriter.OperatorPolicy or DefinitionWriter.HostLimits;

    private Written PutGlobalParameter(JsonBody entry, string name) => name == ClusterId ? default : DefinitionWriter.PutGlobalParameter(_to, name, entry);

    private Written PutParameter(JsonBody entry, string name) => entry.Text("component") switch
    {
        DefinitionWriter.OperatorPolicy => DefinitionWriter.PutPolicy(HostOf(entry), PolicyKind.Operator, name, entry.RequiredObject("value")),
        DefinitionWriter.HostLimits => DefinitionWriter.PutLimits(HostOf(entry), entry.RequiredObject("value")),
        _ => default,
    };

    private static void WarnOf(ILogger logger, string section, int leftOutCount)
    {
        if (leftOutCount > 0)
        {
            ManagementLog.NotImported(logger, leftOutCount, section, "this release does not know them");
        }
    }

    private Written Bind(JsonBody entry, string source)
    {
        string type = entry.RequiredText("destination_type");
        if (_before?.Find("bindings", entry, source) is not null)
        {
            return default; // Its arguments may have types there that JSON does not show, a time for example: it would be made a second time.
        }

        return type is "queue" or "exchange"
            ? DefinitionWriter.Bind(HostOf(entry), source, type == "queue", entry.RequiredText("destination"), entry)
            : throw ApiException.BadRequest($"destination_type '{type}' is neither queue nor exchange");
    }

    private VirtualHost HostOf(JsonBody entry)
    {
        string name = _onlyHost ?? entry.RequiredText("vhost");
        return _to.VirtualHosts.TryGet(name, out VirtualHost? host) ? host : throw ApiException.BadRequest($"no_such_vhost '{name}'");
    }

    private Written Write(string section, JsonBody entry, string name) => section switch
    {
        "users" => DefinitionWriter.PutUser(_to, name, entry),
        "vhosts" => DefinitionWriter.PutVirtualHost(_to, name, entry),
        "permissions" => DefinitionWriter.PutPermission(_to, entry.RequiredText("vhost"), name, entry),
        "topic_permissions" => DefinitionWriter.PutTopicPermission(_to, entry.RequiredText("vhost"), name, entry),
        "global_parameters" => PutGlobalParameter(entry, name),
        "parameters" => PutParameter(entry, name),
        "policies" => DefinitionWriter.PutPolicy(HostOf(entry), PolicyKind.User, name, entry),
        "exchanges" => DefinitionWriter.DeclareExchange(HostOf(entry), DefinitionWriter.ReadExchange(name, entry)),
        "queues" => DefinitionWriter.DeclareQueue(HostOf(entry), DefinitionWriter.ReadQueue(name, entry)),
        "bindings" => Bind(entry, name),
        _ => throw new UnreachableException(),
    };

    private static string NameOf(string section, JsonBody entry) => entry.RequiredText(section switch
    {
        "permissions" or "topic_permissions" => "user",
        "bindings" => "source",
        _ => "name",
    });

    private void Section(JsonBody document, string section)
    {
        int count = 0;
        foreach (JsonBody entry in document.Entries(section))
        {
            string name = string.Empty;
            try
            {
                name = NameOf(section, entry);
                _index = Math.Max(_index, Write(section, entry, name).Index);
                _diff?.Accept(section, count, entry, name);
            }
            catch (Exception fault) when (fault is ApiException or RefusedException)
            {
                if (_diff is null)
                {
                    throw ApiException.BadRequest($"{section}[{count}] '{name}': {fault.Message}");
                }

                _diff.Refuse(section, count, name, fault.Message);
            }

            count++;
        }

        if (count > 0)
        {
            _summary.Add($"{count} {section}");
        }
    }
}
