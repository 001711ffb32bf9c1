using Ropeway.Core;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Definitions;

/// <summary>
/// Deletes definitions, but none that is in use, none that another needs which stays, and no binding to what stays. First it can be seen what that would be. Used once, by one thread.
/// </summary>
internal sealed class DefinitionRemoval
{
    private readonly Broker _broker;
    private readonly Func<DefinitionKey, string?> _reasonOf;
    private readonly Dictionary<DefinitionKey, DefinedEntry> _doomed;
    private readonly Dictionary<DefinitionKey, string> _left = [];
    private readonly ILookup<DefinitionKey, DefinitionKey> _bindings; // By what they lead to.

    /// <summary>Finds out what would be deleted.</summary>
    /// <param name="broker">Where.</param>
    /// <param name="candidates">What is to be deleted.</param>
    /// <param name="staying">What is to stay.</param>
    /// <param name="reasonOf">Why a definition must not be deleted, or null.</param>
    public DefinitionRemoval(Broker broker, IEnumerable<DefinedEntry> candidates, IEnumerable<DefinitionKey> staying, Func<DefinitionKey, string?> reasonOf)
    {
        _broker = broker;
        _reasonOf = reasonOf;
        _doomed = candidates.ToDictionary(entry => entry.Key);
        _bindings = _doomed.Keys.Where(key => key.Destination is not null).ToLookup(key => key.Destination!);
        foreach (DefinitionKey key in _doomed.Keys.ToArray())
        {
            if (reasonOf(key) is { } reason)
            {
                Leave(key, reason);
            }
        }

        foreach (DefinitionKey key in staying.Concat(broker.VirtualHosts.All.SelectMany(OwnBindings)))
        {
            foreach (DefinitionKey needed in key.Needs())
            {
                Leave(needed, $"{key.Text} needs it");
            }
        }
    }

    /// <summary>What would be deleted, or was.</summary>
    public int DeleteCount => _doomed.Count;

    /// <summary>What stays.</summary>
    public int LeftCount => _left.Count;

    /// <summary>Both, by sections and names.</summary>
    public IEnumerable<DefinitionChangeView> Entries
    {
        get
        {
            ILookup<string, DefinitionChangeView> sections = _doomed.Keys.Select(key => ViewOf(key, DefinitionChangeKind.Delete, reason: null)).Concat(Left).ToLookup(entry => entry.Section, StringComparer.Ordinal);
            return DefinitionSections.All.SelectMany(section => sections[section].OrderBy(entry => entry.Vhost, StringComparer.Ordinal).ThenBy(entry => entry.Name, StringComparer.Ordinal));
        }
    }

    /// <summary>What stays, with reasons.</summary>
    public IEnumerable<DefinitionChangeView> Left => _left.Select(left => ViewOf(left.Key, DefinitionChangeKind.Left, left.Value));

    /// <summary>An entry that stays.</summary>
    public static DefinitionChangeView LeftOf(DefinitionKey key, string reason) => ViewOf(key, DefinitionChangeKind.Left, reason);

    /// <summary>Deletes. What has come into use meanwhile stays as well.</summary>
    /// <returns>The commit index to wait for; 0 for none.</returns>
    public ulong Run()
    {
        ulong index = 0;
        ILookup<string, DefinedEntry> sections = _doomed.Values.ToLookup(entry => entry.Key.Section, StringComparer.Ordinal);
        foreach (DefinedEntry entry in DefinitionSections.Deleting.SelectMany(section => sections[section]))
        {
            if (_doomed.ContainsKey(entry.Key))
            {
                index = Math.Max(index, Delete(entry));
            }
        }

        return index;
    }

    /// <summary>The bindings to exclusive queues, which are in no export: connections use them.</summary>
    private static IEnumerable<DefinitionKey> OwnBindings(VirtualHost host) => host.ListBindings()
        .Where(binding => binding.Destination is Core.Queues.Queue { Settings.Exclusive: true })
        .Select(binding => DefinitionKey.OfBinding(host.Name, binding.Source.Name, toQueue: true, binding.Destination.Name, binding.RoutingKey, binding.Arguments));

    private static DefinitionChangeView ViewOf(DefinitionKey key, DefinitionChangeKind kind, string? reason) =>
        new(key.Section, Index: null, key.Label, key.Vhost, kind.ToString().ToLowerInvariant(), [], reason);

    private ulong Delete(DefinedEntry entry)
    {
        string? reason = _reasonOf(entry.Key);
        if (reason is null)
        {
            try
            {
                return DefinitionDeletion.Delete(_broker, entry);
            }
            catch (Exception fault) when (fault is RefusedException or ApiException)
            {
                reason = fault.Message;
            }
        }

        Leave(entry.Key, reason);
        return 0;
    }

    /// <summary>Leaves a definition and what has to stay with it. Nothing happens when it is not to be deleted anyway.</summary>
    private void Leave(DefinitionKey key, string reason)
    {
        var found = new Queue<(DefinitionKey Key, string Reason)>([(key, reason)]); // No recursion: chains of bindings can be long.
        while (found.TryDequeue(out (DefinitionKey Key, string Reason) next))
        {
            if (!_doomed.Remove(next.Key))
            {
                continue;
            }

            _left.Add(next.Key, next.Reason);
            foreach (DefinitionKey needed in next.Key.Needs())
            {
                found.Enqueue((needed, $"{next.Key.Text} needs it"));
            }

            foreach (DefinitionKey binding in _bindings[next.Key])
            {
                found.Enqueue((binding, $"{next.Key.Text} stays"));
            }
        }
    }
}
