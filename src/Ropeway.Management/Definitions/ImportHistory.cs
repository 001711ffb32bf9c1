using System.Security.Cryptography;
using Ropeway.Core;
using Ropeway.Management.Http;
using Ropeway.Management.Views;

namespace Ropeway.Management.Definitions;

/// <summary>
/// Imports definitions and takes imports back, one after the other. Remembers what the last imports have changed, in memory only, so that it ends with the process. Any thread.
/// </summary>
/// <param name="broker">Where to.</param>
/// <param name="bytesMax">Most memory that it takes, in bytes.</param>
internal sealed class ImportHistory(Broker broker, long bytesMax = ManagementLimits.ImportsBytesMax)
{
    private const int IdDigits = 8;

    private readonly Lock _gate = new(); // Held while something is imported: nobody but imports waits for it.
    private readonly List<ImportRecord> _records = []; // The oldest first.

    /// <summary>The imports that are remembered, the latest first.</summary>
    public IReadOnlyList<ImportView> All
    {
        get
        {
            lock (_gate)
            {
                Forget();
                return [.. _records.Select(record => record.ToView()).Reverse()];
            }
        }
    }

    /// <summary>Imports a document.</summary>
    /// <exception cref="ApiException">400: an entry was refused; the text names it.</exception>
    public ImportOutcome Import(ImportOrder order)
    {
        lock (_gate)
        {
            var import = new PlannedImport(broker, order);
            if (order.Seen is { } seen && import.Compare() is var diff && diff.State != seen)
            {
                return new ImportOutcome(IsDone: false, diff, "nothing, it would change something else", Index: 0);
            }

            ImportRecord? record = null;
            ulong index;
            try
            {
                index = import.Apply();
            }
            finally
            {
                record = Remember(order, import.Changes);
            }

            DefinitionDiffView? done = order.Seen is null ? null : import.Compare() with { Import = record is not null && _records.Contains(record) ? record.ToView() : null };
            return new ImportOutcome(IsDone: true, done, record?.Text ?? "nothing", index);
        }
    }

    /// <summary>Takes an import back.</summary>
    /// <param name="id">Which one.</param>
    /// <param name="user">Who asks.</param>
    /// <param name="index">The commit index to wait for; 0 for none.</param>
    /// <exception cref="ApiException">404: it is not remembered; 409: it was taken back before.</exception>
    public UndoneImportView Undo(string id, string user, out ulong index)
    {
        lock (_gate)
        {
            Forget();
            ImportRecord record = _records.Find(other => other.Id == id)
                ?? throw ApiException.NotFound($"no import '{id}': the last {ManagementLimits.ImportCountMax} of {ImportRecord.UndoTime.TotalHours} hours are remembered until the broker stops");
            return record.IsUndone ? throw ApiException.Conflict($"import '{id}' was taken back before") : new ImportUndo(broker, record, user).Run(out index);
        }
    }

    private ImportRecord? Remember(ImportOrder order, IReadOnlyList<ImportChange> changes)
    {
        if (changes.Count == 0)
        {
            return null;
        }

        var record = new ImportRecord(changes)
        {
            Id = RandomNumberGenerator.GetHexString(IdDigits, lowercase: true),
            At = broker.Time.GetUtcNow(),
            User = order.User,
            OnlyHost = order.OnlyHost,
        };
        _records.Add(record);
        Forget();
        return record;
    }

    /// <summary>Forgets what is too old or too much, the oldest first.</summary>
    private void Forget()
    {
        DateTimeOffset now = broker.Time.GetUtcNow();
        while (_records.Count > 0 && (_records.Count > ManagementLimits.ImportCountMax || _records[0].UndoUntil <= now || _records.Sum(record => record.Bytes) > bytesMax))
        {
            _records.RemoveAt(0);
        }
    }
}
