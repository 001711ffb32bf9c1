using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Ropeway.Storage;

namespace Ropeway.Core.Topology;

/// <summary>Values by name that operators and their tools keep for the broker as a whole: JSON that the broker gives back as it came. Any thread; looking up takes no lock.</summary>
public sealed class GlobalParameters
{
    /// <summary>Most parameters.</summary>
    public const int CountMax = 1024;

    /// <summary>Longest value in bytes.</summary>
    public const int ValueBytesMax = 64 * 1024;

    private readonly Lock _gate = new();
    private readonly IMetadataStore _metadata;
    private ImmutableSortedDictionary<string, byte[]> _values = ImmutableSortedDictionary<string, byte[]>.Empty.WithComparers(StringComparer.Ordinal);

    internal GlobalParameters(IMetadataStore metadata)
    {
        _metadata = metadata;
    }

    /// <summary>All of them, by name. The arrays must not be changed.</summary>
    public IReadOnlyDictionary<string, byte[]> All => Volatile.Read(ref _values);

    /// <summary>Finds a value. The array must not be changed.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out byte[]? json) => Volatile.Read(ref _values).TryGetValue(name, out json);

    /// <summary>Finds a text.</summary>
    /// <returns>Null when there is none of that name, or it is no text.</returns>
    public string? FindText(string name)
    {
        if (!TryGet(name, out byte[]? json))
        {
            return null;
        }

        using var document = JsonDocument.Parse(json);
        return document.RootElement.ValueKind == JsonValueKind.String ? document.RootElement.GetString() : null;
    }

    /// <summary>Sets a value.</summary>
    /// <param name="name">1 to 255 bytes.</param>
    /// <param name="json">UTF-8, at most <see cref="ValueBytesMax"/>.</param>
    /// <param name="isNew">False when there was one of that name.</param>
    /// <returns>The index to wait for.</returns>
    /// <exception cref="RefusedException">The name or the value is too long, or there are too many.</exception>
    public ulong Set(string name, ReadOnlySpan<byte> json, out bool isNew)
    {
        if (name.Length == 0 || Encoding.UTF8.GetByteCount(name) > NameRules.NameBytesMax)
        {
            RefusalTexts.ThrowGlobalParameter($"the name of a global parameter holds 1 to {NameRules.NameBytesMax} bytes");
        }

        if (json.Length > ValueBytesMax)
        {
            RefusalTexts.ThrowGlobalParameter($"a global parameter holds at most {ValueBytesMax} bytes, got {json.Length}");
        }

        lock (_gate)
        {
            isNew = !_values.ContainsKey(name);
            if (isNew && _values.Count >= CountMax)
            {
                RefusalTexts.ThrowGlobalParameter($"there are {CountMax} global parameters, which is the limit");
            }

            var change = new TopologyChange(_metadata);
            change.Put(Key(name), new EntryWriter().Byte(StoredEntry.Version).Rest(json).ToArray());
            ulong index = change.Apply();
            Volatile.Write(ref _values, _values.SetItem(name, json.ToArray()));
            return index;
        }
    }

    /// <summary>Removes a value.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="commitIndex">The index to wait for.</param>
    /// <returns>False when there is none of that name.</returns>
    public bool TryDelete(string name, out ulong commitIndex)
    {
        lock (_gate)
        {
            commitIndex = 0;
            if (!_values.ContainsKey(name))
            {
                return false;
            }

            var change = new TopologyChange(_metadata);
            change.Delete(Key(name));
            commitIndex = change.Apply();
            Volatile.Write(ref _values, _values.Remove(name));
            return true;
        }
    }

    /// <summary>Reads a stored one; the key's kind was read before.</summary>
    internal static (string Name, byte[] Json) Read(EntryReader key, EntryReader value)
    {
        value.Version(StoredEntry.Version);
        return (key.Text(), value.Rest().ToArray());
    }

    /// <summary>Puts back one that was stored.</summary>
    internal void Restore(string name, byte[] json) => _values = _values.SetItem(name, json);

    private static byte[] Key(string name) => new EntryWriter().Byte((byte)StoredEntryKind.GlobalParameter).Text(name).ToArray();
}
