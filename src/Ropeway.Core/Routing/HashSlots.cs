using System.Diagnostics;

namespace Ropeway.Core.Routing;

/// <summary>
/// Objects by a hash, in flat arrays, that any thread may read without a lock while one writer, under the virtual host's gate, changes
/// it. A reader sees every object that was there before it began and is not removed meanwhile. What has the same hash is told
/// apart by the reader. A look-up for what is not there mostly ends after one cache line of hashes.
/// </summary>
/// <typeparam name="T">What is found, compared by reference.</typeparam>
/// <remarks>
/// Linear probing, at most half full. An object never moves within its array, and a slot between the hash's first slot and its object
/// never becomes free, so no reader stops too early. An object is written before its hash and taken away after it; a reader that
/// meets the slot's next object under the old hash takes it for another with that hash.
/// </remarks>
internal sealed class HashSlots<T>
    where T : class
{
    private const int SlotsMin = 4; // A power of two, as all slot counts are.
    private const uint Free = 0; // Ends a search.
    private const uint Removed = 1; // Does not.
    private const uint HashMin = 2;

    private Table _table = new(SlotsMin);
    private int _usedCount; // Slots that are not free.
    private int _count;

    /// <summary>Objects now. Lock-free.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>All objects, in no order. For the writer.</summary>
    public IEnumerable<T> Values => _table.Slots.Where(slot => slot.Value is not null).Select(slot => slot.Value!);

    /// <summary>The objects that may have this hash, for <c>foreach</c>. Lock-free, no allocation.</summary>
    public Search Find(ulong hash) => new(Volatile.Read(ref _table), ToStored(hash));

    /// <summary>Adds an object that is not there. For the writer.</summary>
    public void Add(ulong hash, T value)
    {
        if (_usedCount >= _table.Slots.Length / 2)
        {
            Rebuild();
        }

        _table.Place(ToStored(hash), value);
        _usedCount++;
        Volatile.Write(ref _count, _count + 1);
    }

    /// <summary>Puts an object in the place of one that has the same hash: readers see either. For the writer.</summary>
    /// <exception cref="UnreachableException">The object to replace is not there.</exception>
    public void Replace(ulong hash, T value, T replacement) => Volatile.Write(ref _table.Slots[_table.IndexOf(ToStored(hash), value)].Value, replacement);

    /// <summary>Removes an object. For the writer.</summary>
    /// <exception cref="UnreachableException">It is not there.</exception>
    public void Remove(ulong hash, T value)
    {
        int index = _table.IndexOf(ToStored(hash), value);
        uint[] hashes = _table.Hashes;
        int mask = hashes.Length - 1;
        Volatile.Write(ref hashes[index], Removed);
        _table.Slots[index].Value = null;
        Volatile.Write(ref _count, _count - 1);
        while (hashes[index] == Removed && hashes[(index + 1) & mask] == Free)
        {
            Volatile.Write(ref hashes[index], Free); // No search goes on behind it.
            _usedCount--;
            index = (index - 1) & mask;
        }

        if (hashes.Length > SlotsMin && _count < hashes.Length / 8)
        {
            Rebuild();
        }
    }

    private static uint ToStored(ulong hash) => Math.Max(HashMin, (uint)hash);

    /// <summary>Makes the arrays anew, in the size that fits and without slots of removed objects.</summary>
    private void Rebuild()
    {
        int slotCount = SlotsMin;
        while (slotCount < (_count + 1) * 2)
        {
            slotCount *= 2;
        }

        Table previous = _table;
        var table = new Table(slotCount);
        for (int i = 0; i < previous.Slots.Length; i++)
        {
            if (previous.Slots[i].Value is { } value)
            {
                table.Place(previous.Hashes[i], value);
            }
        }

        Volatile.Write(ref _table, table);
        _usedCount = _count;
    }

    /// <summary>Walks over the objects that may have a hash.</summary>
    public ref struct Search
    {
        private readonly Table _table;
        private readonly uint _stored;
        private uint _next;

        internal Search(Table table, uint stored)
        {
            _table = table;
            _stored = stored;
            _next = stored;
        }

        /// <summary>The object found by the last <see cref="MoveNext"/>.</summary>
        public T Current { get; private set; } = null!;

        /// <summary>For <c>foreach</c>.</summary>
        public readonly Search GetEnumerator() => this;

        /// <summary>Goes to the next object.</summary>
        public bool MoveNext()
        {
            uint[] hashes = _table.Hashes;
            while (true)
            {
                int index = (int)_next & (hashes.Length - 1);
                uint hash = Volatile.Read(ref hashes[index]);
                if (hash == Free)
                {
                    return false;
                }

                _next++;
                if (hash == _stored && Volatile.Read(ref _table.Slots[index].Value) is { } value)
                {
                    Current = value;
                    return true;
                }
            }
        }
    }

    /// <summary>Arrays that belong together: a slot's hash, and its object apart from it, so that many hashes share a cache line.</summary>
    internal sealed class Table(int slotCount)
    {
        /// <summary>The lower half of the hash, or <see cref="Free"/>, or <see cref="Removed"/>.</summary>
        public readonly uint[] Hashes = new uint[slotCount];

        /// <summary>The objects.</summary>
        public readonly Slot[] Slots = new Slot[slotCount];

        /// <summary>Takes a free slot; there is one.</summary>
        public void Place(uint stored, T value)
        {
            int index = (int)stored & (Hashes.Length - 1);
            while (Hashes[index] != Free)
            {
                index = (index + 1) & (Hashes.Length - 1);
            }

            Slots[index].Value = value;
            Volatile.Write(ref Hashes[index], stored);
        }

        /// <summary>The slot of an object.</summary>
        public int IndexOf(uint stored, T value)
        {
            int index = (int)stored & (Hashes.Length - 1);
            for (; Hashes[index] != Free; index = (index + 1) & (Hashes.Length - 1))
            {
                if (ReferenceEquals(Slots[index].Value, value))
                {
                    return index;
                }
            }

            throw new UnreachableException("What is to be replaced or removed was not there.");
        }
    }

    /// <summary>An object in an array that needs no check of its type when it is written. Mutable, changed in place.</summary>
    internal struct Slot
    {
        public T? Value;
    }
}
