using System.Text;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage.Tests.Journaling;

/// <summary>Remembers what recovery handed over; refuses, as a start does, what no quarantine can contain.</summary>
internal sealed class RecordingVisitor : IJournalVisitor
{
    public List<(BatchHeader Header, string Text, long Position)> Batches { get; } = [];

    public List<JournalDamage> Damages { get; } = [];

    public IEnumerable<string> Texts => Batches.Select(batch => batch.Text);

    public void OnBatch(in BatchHeader header, ReadOnlySpan<byte> payload, long position) =>
        Batches.Add((header, Encoding.UTF8.GetString(payload), position));

    public void OnDamage(JournalDamage damage)
    {
        if (damage.Refusal is not null)
        {
            throw new StoreException(StoreFault.Damaged, damage.Refusal);
        }

        Damages.Add(damage);
    }
}
