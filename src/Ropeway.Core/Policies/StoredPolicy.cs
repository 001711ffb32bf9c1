using Ropeway.Core.Routing;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Policies;

/// <summary>Keys and values of the stored policies; see docs/storage-format.md, "Metadata entries".</summary>
internal static class StoredPolicy
{
    /// <summary>Key of a policy.</summary>
    public static byte[] Key(string host, PolicyKind kind, string name) =>
        new EntryWriter().Byte((byte)StoredEntryKind.Policy).Text(host).Byte((byte)kind).Text(name).ToArray();

    /// <summary>Value of a policy: apply-to u8, priority i64, pattern, definition.</summary>
    public static byte[] Value(Policy policy) => new EntryWriter()
        .Byte(StoredEntry.Version)
        .Byte((byte)policy.Target)
        .UInt64((ulong)policy.Priority)
        .Text(policy.Pattern)
        .Rest(EncodedTable.Encode(policy.Definition))
        .ToArray();

    /// <summary>Reads a policy; the key's kind of entry was read before.</summary>
    public static (string Host, Policy Policy) Read(EntryReader key, EntryReader value)
    {
        string host = key.Text();
        var kind = (PolicyKind)key.Byte();
        string name = key.Text();
        value.Version(StoredEntry.Version);
        var target = (PolicyTarget)value.Byte();
        if (!Enum.IsDefined(kind) || !Enum.IsDefined(target))
        {
            throw new InvalidDataException($"The stored policy '{name}' is of an unknown kind.");
        }

        long priority = (long)value.UInt64();
        string pattern = value.Text();
        return (host, Policy.Restore(kind, name, pattern, target, priority, value.Table() ?? []));
    }
}
