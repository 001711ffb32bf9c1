using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Ropeway.Core.Routing;

/// <summary>
/// A hash table from (scope, bytes) to objects that any thread may read without a lock while one writer, under the virtual host's
/// gate, changes it. A reader sees every entry that was there before it began and is not removed meanwhile.
/// </summary>
/// <typeparam name="TValue">What is found.</typeparam>
/// <remarks>
/// Entries are immutable but for their link. A removed entry keeps its link, so a reader that stands on it goes on; growing makes
/// new entries, so a reader of the old buckets is not led astray.
/// </remarks>
internal sealed class ByteTable<TValue>
    where TValue : class
{
    private const int TextBytesMax = 255;
    private const int BucketsMin = 8; // A power of two, as all bucket counts are.

    private Entry?[] _buckets = new Entry?[BucketsMin];

    /// <summary>Entries now. For the writer.</summary>
    public int Count { get; private set; }

    /// <summary>All values, in no order. For the writer.</summary>
    public IEnumerable<TValue> Values
    {
        get
        {
            foreach (Entry? head in _buckets)
            {
                for (Entry? entry = head; entry is not null; entry = entry.Next)
                {
                    yield return entry.Value;
                }
            }
        }
    }

    /// <summary>Finds a value. Lock-free, no allocation.</summary>
    public bool TryGet(ReadOnlySpan<byte> key, [NotNullWhen(true)] out TValue? value) => TryGet(0, KeyHash.Compute(key), key, out value);

    /// <summary>Finds a value by the UTF-8 bytes of a text. Lock-free, no allocation.</summary>
    public bool TryGet(string key, [NotNullWhen(true)] out TValue? value)
    {
        Span<byte> utf8 = stackalloc byte[TextBytesMax];
        if (Encoding.UTF8.TryGetBytes(key, utf8, out int keyBytes))
        {
            return TryGet(utf8[..keyBytes], out value);
        }

        value = null;
        return false; // Longer than any name.
    }

    /// <summary>Finds a value below a scope, with the key's hash computed before. Lock-free, no allocation.</summary>
    /// <param name="scope">The number of the node that the key belongs to.</param>
    /// <param name="keyHash"><see cref="KeyHash.Compute"/> of the key.</param>
    /// <param name="key">The bytes.</param>
    /// <param name="value">The value found.</param>
    public bool TryGet(long scope, ulong keyHash, ReadOnlySpan<byte> key, [NotNullWhen(true)] out TValue? value)
    {
        ulong hash = KeyHash.Combine(keyHash, scope);
        Entry?[] buckets = Volatile.Read(ref _buckets);
        for (Entry? entry = Volatile.Read(ref buckets[(int)hash & (buckets.Length - 1)]); entry is not null; entry = Volatile.Read(ref entry.Next))
        {
            if (entry.Hash == hash && entry.Scope == scope && key.SequenceEqual(entry.Key))
            {
                value = entry.Value;
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>Adds an entry that is not there. For the writer.</summary>
    public void Add(byte[] key, TValue value) => Add(0, key, value);

    /// <summary>Adds an entry that is not there. For the writer.</summary>
    public void Add(long scope, byte[] key, TValue value)
    {
        if (Count >= _buckets.Length)
        {
            Grow();
        }

        ulong hash = KeyHash.Combine(KeyHash.Compute(key), scope);
        ref Entry? head = ref _buckets[(int)hash & (_buckets.Length - 1)];
        Volatile.Write(ref head, new Entry(scope, key, hash, value) { Next = head });
        Count++;
    }

    /// <summary>Removes an entry. For the writer.</summary>
    /// <returns>False when it was not there.</returns>
    public bool Remove(ReadOnlySpan<byte> key) => Remove(0, key);

    /// <summary>Removes an entry. For the writer.</summary>
    /// <returns>False when it was not there.</returns>
    public bool Remove(long scope, ReadOnlySpan<byte> key)
    {
        ulong hash = KeyHash.Combine(KeyHash.Compute(key), scope);
        ref Entry? link = ref _buckets[(int)hash & (_buckets.Length - 1)];
        while (link is not null)
        {
            if (link.Hash == hash && link.Scope == scope && key.SequenceEqual(link.Key))
            {
                Volatile.Write(ref link, link.Next);
                Count--;
                return true;
            }

            link = ref link.Next;
        }

        return false;
    }

    private void Grow()
    {
        var grown = new Entry?[_buckets.Length * 2];
        foreach (Entry? head in _buckets)
        {
            for (Entry? entry = head; entry is not null; entry = entry.Next)
            {
                ref Entry? target = ref grown[(int)entry.Hash & (grown.Length - 1)];
                target = new Entry(entry.Scope, entry.Key, entry.Hash, entry.Value) { Next = target };
            }
        }

        Volatile.Write(ref _buckets, grown);
    }

    private sealed class Entry(long scope, byte[] key, ulong hash, TValue value)
    {
        public readonly long Scope = scope;
        public readonly byte[] Key = key;
        public readonly ulong Hash = hash;
        public readonly TValue Value = value;
        public Entry? Next;
    }
}
