using System.Buffers.Binary;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage;

/// <summary>The batches of units whose end recovery has not met yet. What is left in the end belongs to units that a crash cut short or their owner dropped.</summary>
/// <remarks>A unit of which a checkpoint holds a part already is met with the rest of its batches, or with its end only.</remarks>
internal sealed class PendingUnits
{
    private readonly Dictionary<ulong, List<PendingBatch>> _units = [];

    /// <summary>Units without an end so far.</summary>
    public int Count => _units.Count;

    /// <summary>Keeps a batch until its unit ends.</summary>
    /// <param name="header">Its header, with <see cref="BatchHeader.InUnit"/>.</param>
    /// <param name="payload">Its payload from the unit's id on.</param>
    /// <param name="position">Journal position of its header.</param>
    public void Add(in BatchHeader header, ReadOnlySpan<byte> payload, long position)
    {
        ulong unit = BinaryPrimitives.ReadUInt64LittleEndian(payload);
        payload = payload[AtomicUnit.PrefixBytes..];
        if (header.Type == BatchType.Messages)
        {
            payload = payload[..RecoveryState.NeededBytes(header.Flags)];
        }

        if (!_units.TryGetValue(unit, out List<PendingBatch>? batches))
        {
            batches = _units[unit] = [];
        }

        batches.Add(new PendingBatch(header, payload.ToArray(), position));
    }

    /// <summary>A unit has ended: its batches count now.</summary>
    /// <returns>Them, in journal order.</returns>
    public IReadOnlyList<PendingBatch> Take(ulong unit) => _units.Remove(unit, out List<PendingBatch>? batches) ? batches : [];
}
