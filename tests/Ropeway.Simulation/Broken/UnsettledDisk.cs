using System.Buffers.Binary;
using Ropeway.Simulation.Disk;
using Ropeway.Storage;
using Ropeway.Storage.Journaling;

namespace Ropeway.Simulation.Broken;

/// <summary>Settlements reach the journal as those of a log that does not exist: as if they had not been written.</summary>
internal sealed class UnsettledDisk(IDiskWatcher watcher) : SimulatedDisk(watcher)
{
    private const int LogIdAt = 24;

    internal override void Write(SimulatedFile file, string path, ReadOnlySpan<byte> bytes, int position)
    {
        base.Write(file, path, bytes, position);
        if (!JournalBytes.IsJournal(path))
        {
            return;
        }

        long start = JournalBytes.PositionOf(path, 0); // A write may begin within a batch, a file does not.
        int end = position + bytes.Length;
        JournalBytes.Visit(file.Visible.ToArray(), start, (batch, at, in header) =>
        {
            int place = (int)(at - start);
            if (header.Type == BatchType.Settle && place >= position && place < end)
            {
                BinaryPrimitives.WriteUInt64LittleEndian(batch[LogIdAt..], 0);
                BatchHeader.Seal(batch, (ulong)at);
                base.Write(file, path, batch, place);
            }
        });
    }

    protected override SimulatedDisk MakeNew() => new UnsettledDisk(Watcher);
}
