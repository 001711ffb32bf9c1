using System.Text;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage.Tests.Journaling;

/// <summary>Remembers what recovery handed over.</summary>
internal sealed class RecordingVisitor : IJournalVisitor
{
    public List<(BatchHeader Header, string Text, long Position)> Batches { get; } = [];

    public List<JournalDamage> Damages { get; } = [];

    public IEnumerable<string> Texts => Batches.Select(batch => batch.Text);

    public void OnBatch(in BatchHeader header, ReadOnlySpan<byte> payload, long position) =>
        Batches.Add((header, Encoding.UTF8.GetString(payload), position));

    public void OnDamage(JournalDamage damage) => Damages.Add(damage);
}
