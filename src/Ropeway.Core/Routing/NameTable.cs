using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Ropeway.Core.Routing;

/// <summary>
/// Queues or exchanges by name. Any thread may read it without a lock while one writer, under the virtual host's gate, changes it;
/// see <see cref="HashSlots{T}"/>.
/// </summary>
/// <typeparam name="T">What is found.</typeparam>
internal sealed class NameTable<T>
    where T : class, IDestination
{
    private const int NameBytesMax = 255;

    private readonly HashSlots<T> _slots = new();

    /// <summary>Names now. For the writer.</summary>
    public int Count => _slots.Count;

    /// <summary>All that have a name here, in no order. For the writer.</summary>
    public IEnumerable<T> Values => _slots.Values;

    /// <summary>Finds what has a name. Lock-free, no allocation.</summary>
    public bool TryGet(ReadOnlySpan<byte> nameUtf8, [NotNullWhen(true)] out T? value)
    {
        foreach (T candidate in _slots.Find(KeyHash.Compute(nameUtf8)))
        {
            if (Utf8Text.AreEqual(nameUtf8, candidate.Name))
            {
                value = candidate;
                return true;
            }
        }

        value = null;
        return false;
    }

    /// <summary>Finds what has a name. Lock-free, no allocation.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out T? value)
    {
        Span<byte> utf8 = stackalloc byte[NameBytesMax];
        if (Encoding.UTF8.TryGetBytes(name, utf8, out int nameBytes))
        {
            return TryGet(utf8[..nameBytes], out value);
        }

        value = null;
        return false; // Longer than any name.
    }

    /// <summary>Adds what has a name that is not there. For the writer.</summary>
    public void Add(T value) => _slots.Add(HashOf(value), value);

    /// <summary>Removes what is there. For the writer.</summary>
    public void Remove(T value) => _slots.Remove(HashOf(value), value);

    private static ulong HashOf(T value) => KeyHash.Compute(Encoding.UTF8.GetBytes(value.Name));
}
