using Ropeway.Core;
using Ropeway.Core.Topology;
using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Definitions;

/// <summary>
/// Takes an import back: deletes what it has added, then restores what it has changed or deleted. What is not as the import has left it stays, and so does what is in use. Used once, by one thread.
/// </summary>
/// <param name="broker">Where.</param>
/// <param name="import">Which one.</param>
/// <param name="user">Who asks.</param>
internal sealed class ImportUndo(Broker broker, ImportRecord import, string user)
{
    private readonly List<DefinitionChangeView> _left = [];
    private readonly List<DefinedEntry> _added = [];
    private readonly List<ImportChange> _former = [];
    private ulong _index;
    private int _restoredCount;

    /// <summary>Does it.</summary>
    /// <param name="index">The commit index to wait for; 0 for none.</param>
    public UndoneImportView Run(out ulong index)
    {
        Dictionary<DefinitionKey, DefinedEntry> now = DefinedEntries.Of(broker, import.OnlyHost);
        foreach (ImportChange change in import.Changes)
        {
            Sort(change, now.GetValueOrDefault(change.Key));
        }

        DefinitionRemoval removal = RemovalOf(now);
        _index = removal.Run();
        ILookup<string, ImportChange> sections = _former.ToLookup(change => change.Key.Section, StringComparer.Ordinal);
        foreach (ImportChange change in DefinitionSections.All.SelectMany(section => sections[section]))
        {
            Restore(change);
        }

        index = _index;
        import.SetUndone();
        return new UndoneImportView(import.ToView(), _restoredCount, removal.DeleteCount, [.. _left, .. removal.Left]);
    }

    /// <summary>Finds what is to be done with a definition.</summary>
    private void Sort(ImportChange change, DefinedEntry? now)
    {
        if (!change.IsAsMade(now))
        {
            if (change.Former is not null || now is not null) // What was added and is gone is taken back already.
            {
                Leave(change, now is null ? "it was deleted since" : change.MadeDigest is null ? "there is another of that name by now" : "it was changed since");
            }
        }
        else if (change.Former is null)
        {
            _added.Add(now!);
        }
        else
        {
            _former.Add(change);
        }
    }

    private DefinitionRemoval RemovalOf(Dictionary<DefinitionKey, DefinedEntry> now)
    {
        var use = new DefinitionUse(broker, user);
        HashSet<DefinitionKey> added = [.. _added.Select(entry => entry.Key)];
        return new DefinitionRemoval(
            broker,
            _added,
            now.Keys.Where(key => !added.Contains(key)),
            key => use.InUse(key) ?? (use.TakesExchangeAlong(key) && !added.Contains(new DefinitionKey("exchanges", key.Vhost, key.Name)) ? "its exchange is auto-delete and might go with it" : null));
    }

    private void Restore(ImportChange change)
    {
        try
        {
            if (change.Key.Section == "users")
            {
                _index = Math.Max(_index, broker.LimitsOfUsers.Clear(change.Key.Name)); // An entry adds its own to those that are there.
            }

            _index = Math.Max(_index, DefinitionImport.Restore(broker, change.Key.Section, JsonBody.Parse(change.Former, JsonBody.DefinitionsNestingMax)));
            _restoredCount++;
        }
        catch (Exception fault) when (fault is ApiException or RefusedException)
        {
            Leave(change, fault.Message);
        }
    }

    private void Leave(ImportChange change, string reason) => _left.Add(DefinitionRemoval.LeftOf(change.Key, reason));
}
