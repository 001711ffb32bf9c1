using System.Security.Cryptography;
using System.Text;
using Ropeway.Core;
using Ropeway.Core.Topology;
using Ropeway.Management.Endpoints;
using Ropeway.Management.Http;
using Ropeway.Management.Views;
using Ropeway.Security;

namespace Ropeway.Management.Definitions;

/// <summary>
/// Collects what an import would change, entry by entry, while it is rehearsed. The digest over all of it, and over what is there now, tells whether another look finds the same.
/// Used once, by one thread.
/// </summary>
/// <param name="broker">What is there.</param>
/// <param name="rehearsed">Where the import is tried.</param>
/// <param name="onlyHost">See <see cref="DefinedState"/>.</param>
internal sealed class DefinitionDiff(Broker broker, Core.Topology.Definitions rehearsed, string? onlyHost) : IDisposable
{
    /// <summary>Most entries that are told one by one; all are counted.</summary>
    public const int EntryCountMax = 2000;

    private readonly DefinedState _now = new(broker.Definitions, onlyHost);
    private readonly DefinedState _tried = new(rehearsed, onlyHost);
    private readonly IncrementalHash _digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly List<DefinitionChangeView> _entries = [];
    private readonly Dictionary<DefinitionChangeKind, int> _counts = [];

    /// <summary>An entry was accepted.</summary>
    public void Accept(string section, int index, JsonBody entry, string name)
    {
        SortedDictionary<string, string>? before = _now.Find(section, entry, name);
        SortedDictionary<string, string>? after = section is "permissions" or "topic_permissions" or "bindings" ? DefinedState.Granted(section, entry) : _tried.Find(section, entry, name);
        FieldChangeView[] changes = before is null || after is null ? [] : [.. Compare(section, entry, name, before, after)];
        DefinitionChangeKind kind = after is null ? DefinitionChangeKind.Ignored : before is null ? DefinitionChangeKind.Add : changes.Length > 0 ? DefinitionChangeKind.Change : DefinitionChangeKind.Same;
        foreach ((string field, string value) in before ?? [])
        {
            Digest($"{field}={value}");
        }

        string label = section == "bindings" ? $"{name} to {entry.Text("destination")}, {entry.Text("routing_key")}" : name;
        Add(kind, new DefinitionChangeView(section, index, label, _now.HostOf(section, entry), kind.ToString().ToLowerInvariant(), changes, Reason: null));
    }

    /// <summary>An entry was refused.</summary>
    public void Refuse(string section, int index, string name, string reason) =>
        Add(DefinitionChangeKind.Refused, new DefinitionChangeView(section, index, name, Vhost: null, "refused", [], reason));

    /// <summary>All entries have been tried.</summary>
    public DefinitionDiffView ToView()
    {
        int CountOf(DefinitionChangeKind kind) => _counts.GetValueOrDefault(kind);
        return new DefinitionDiffView(
            Convert.ToHexStringLower(_digest.GetCurrentHash()),
            CountOf(DefinitionChangeKind.Add),
            CountOf(DefinitionChangeKind.Change),
            CountOf(DefinitionChangeKind.Same),
            CountOf(DefinitionChangeKind.Refused),
            CountOf(DefinitionChangeKind.Ignored),
            Delete: 0,
            Left: 0,
            _entries,
            _counts.Where(count => count.Key != DefinitionChangeKind.Same).Sum(count => count.Value) - _entries.Count);
    }

    /// <inheritdoc/>
    public void Dispose() => _digest.Dispose();

    private IEnumerable<FieldChangeView> Compare(string section, JsonBody entry, string name, SortedDictionary<string, string> before, SortedDictionary<string, string> after)
    {
        foreach (string field in before.Keys.Union(after.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal))
        {
            string? was = before.GetValueOrDefault(field);
            string? willBe = after.GetValueOrDefault(field);
            bool isKept = section == "users" && willBe is null; // Limits are added to those that a user has.
            if (was != willBe && !isKept)
            {
                yield return new FieldChangeView(field, was, willBe);
            }
        }

        if (section == "users" && broker.Users.TryGet(name, out User? user))
        {
            string hash = UserEndpoints.ViewOf(broker, user).PasswordHash;
            Digest(hash);
            if (entry.Has("password") || (entry.Text("password_hash") ?? string.Empty) != hash)
            {
                yield return new FieldChangeView("password", Old: null, New: null); // Never shown.
            }
        }
    }

    private void Add(DefinitionChangeKind kind, DefinitionChangeView view)
    {
        _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        Digest($"{view.Section}[{view.Index}] {view.Name} {kind} {view.Reason}");
        foreach (FieldChangeView change in view.Changes)
        {
            Digest($"{change.Field}: {change.Old} {change.New}");
        }

        if (kind != DefinitionChangeKind.Same && _entries.Count < EntryCountMax)
        {
            _entries.Add(view);
        }
    }

    private void Digest(string text)
    {
        _digest.AppendData(Encoding.UTF8.GetBytes(text));
        _digest.AppendData([0]);
    }
}
