using Ropeway.Storage;
using Ropeway.Storage.Journaling;

namespace Ropeway.Simulation.Broken;

/// <summary>Finds batches in the bytes of journal files.</summary>
internal static class JournalBytes
{
    /// <summary>Called for a batch.</summary>
    public delegate void BatchVisitor(Span<byte> batch, long position, in BatchHeader header);

    public static bool IsJournal(string path) => JournalFile.TryParse(Path.GetFileName(path), out _);

    /// <summary>The journal position of a byte of a file.</summary>
    public static long PositionOf(string path, int place) =>
        JournalFile.TryParse(Path.GetFileName(path), out long number) ? (number * Machine.JournalFileBytes) + place : throw new ArgumentException("No journal file.", nameof(path));

    /// <summary>Visits what looks like batches, one behind the other, from the first byte on.</summary>
    public static void Visit(Span<byte> bytes, long position, BatchVisitor visit)
    {
        int at = 0;
        while (at < bytes.Length && BatchHeader.TryRead(bytes[at..], out BatchHeader header) && header.BatchBytes >= BatchHeader.HeaderBytes)
        {
            if (header.CheckedBytes > bytes.Length - at)
            {
                return;
            }

            visit(bytes.Slice(at, header.CheckedBytes), position + at, header);
            at += header.BatchBytes;
        }
    }
}
