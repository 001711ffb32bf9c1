using System.Security.Cryptography;
using System.Text;
using Ropeway.Core;
using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Definitions;

/// <summary>A document that is to be imported, perhaps with the deletion of what it does not name: what that would change, and doing it. Used once, by one thread.</summary>
internal sealed class PlannedImport
{
    private readonly Broker _broker;
    private readonly ImportOrder _order;
    private readonly HashSet<DefinitionKey> _named;
    private readonly Dictionary<DefinitionKey, DefinedEntry> _before;
    private readonly DefinitionRemoval? _removal; // Null when nothing is to be deleted.
    private DefinitionDiffView? _diff; // Of the document alone.

    /// <summary>Looks at what there is.</summary>
    /// <param name="broker">Where to.</param>
    /// <param name="order">What is to be imported, and how.</param>
    /// <exception cref="ApiException">400: it is no document of definitions.</exception>
    public PlannedImport(Broker broker, ImportOrder order)
    {
        _broker = broker;
        _order = order;
        _named = DefinitionKey.AllOf(order.Document, order.OnlyHost);
        _before = DefinedEntries.Of(broker, order.OnlyHost);
        if (order.IsPruning)
        {
            var use = new DefinitionUse(broker, order.User);
            _removal = new DefinitionRemoval(broker, _before.Values.Where(entry => order.Document.Has(entry.Key.Section) && !_named.Contains(entry.Key)), _named, key => use.InUse(key) ?? use.NobodysToName(key));
        }
    }

    /// <summary>What is not as it was; after <see cref="Apply"/>, also when that ended in the middle because of what a client did at that moment.</summary>
    public IReadOnlyList<ImportChange> Changes { get; private set; } = [];

    /// <summary>What it would change; after <see cref="Apply"/> what it has changed.</summary>
    public DefinitionDiffView Compare()
    {
        _diff ??= DefinitionImport.Compare(_broker, _order.Document, _order.OnlyHost);
        return _removal is null ? _diff : WithRemoval(_diff, _removal);
    }

    /// <summary>Imports and deletes.</summary>
    /// <returns>The commit index to wait for.</returns>
    /// <exception cref="ApiException">400: an entry was refused; the text names it.</exception>
    public ulong Apply()
    {
        try
        {
            ulong index = DefinitionImport.Apply(_broker, _order.Document, _order.OnlyHost);
            return Math.Max(index, _removal?.Run() ?? 0);
        }
        finally
        {
            Dictionary<DefinitionKey, DefinedEntry> after = DefinedEntries.Of(_broker, _order.OnlyHost);
            IEnumerable<DefinitionKey> concerned = _removal is null ? _named : _named.Union(_before.Keys);
            Changes = [.. concerned.Select(key => ImportChange.Between(key, _before.GetValueOrDefault(key), after.GetValueOrDefault(key))).OfType<ImportChange>()];
        }
    }

    private static DefinitionDiffView WithRemoval(DefinitionDiffView diff, DefinitionRemoval removal)
    {
        DefinitionChangeView[] entries = [.. removal.Entries];
        using var digest = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        digest.AppendData(Encoding.UTF8.GetBytes(diff.State));
        foreach (DefinitionChangeView entry in entries)
        {
            digest.AppendData(Encoding.UTF8.GetBytes($"{entry.Section} {entry.Vhost} {entry.Name} {entry.Kind} {entry.Reason}\0"));
        }

        DefinitionChangeView[] told = [.. entries.Take(DefinitionDiff.EntryCountMax)]; // A long file must not hide what would be deleted.
        return diff with
        {
            State = Convert.ToHexStringLower(digest.GetCurrentHash()),
            Delete = removal.DeleteCount,
            Left = removal.LeftCount,
            Entries = [.. diff.Entries, .. told],
            MoreEntries = diff.MoreEntries + entries.Length - told.Length,
        };
    }
}
