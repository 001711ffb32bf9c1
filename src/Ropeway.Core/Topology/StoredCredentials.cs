using Ropeway.Security;

namespace Ropeway.Core.Topology;

/// <summary>Keys and values of the stored users, permissions and topic permissions; see docs/storage-format.md, "Metadata entries".</summary>
internal static class StoredCredentials
{
    /// <summary>Key of a user.</summary>
    public static byte[] UserKey(string name) => new EntryWriter().Byte((byte)StoredEntryKind.User).Text(name).ToArray();

    /// <summary>Value of a user: tag count u8, tags, then the encoded password hash; without hash nothing follows.</summary>
    public static byte[] UserValue(StoredUser user)
    {
        EntryWriter writer = new EntryWriter().Byte(StoredEntry.Version).Byte(checked((byte)user.User.Tags.Count));
        foreach (string tag in user.User.Tags)
        {
            writer.Text(tag);
        }

        return writer.Rest(user.Password is null ? [] : user.Password.Encode()).ToArray();
    }

    /// <summary>Reads a user; the key's kind was read before.</summary>
    public static StoredUser ReadUser(EntryReader key, EntryReader value)
    {
        string name = key.Text();
        value.Version(StoredEntry.Version);
        string[] tags = new string[value.Byte()];
        for (int i = 0; i < tags.Length; i++)
        {
            tags[i] = value.Text();
        }

        ReadOnlySpan<byte> encoded = value.Rest();
        PasswordHash? password = null;
        if (!encoded.IsEmpty && !PasswordHash.TryDecode(encoded, out password))
        {
            throw new InvalidDataException($"The password hash of user '{name}' cannot be read.");
        }

        return new StoredUser(new User(name, tags), password);
    }

    /// <summary>Key of a permission.</summary>
    public static byte[] PermissionKey(string user, string host) =>
        new EntryWriter().Byte((byte)StoredEntryKind.Permission).Text(host).Text(user).ToArray();

    /// <summary>Value of a permission: three expressions.</summary>
    public static byte[] PermissionValue(PermissionGrant grant) =>
        new EntryWriter().Byte(StoredEntry.Version).Text(grant.Configure).Text(grant.Write).Text(grant.Read).ToArray();

    /// <summary>Reads a permission; the key's kind was read before.</summary>
    public static PermissionGrant ReadPermission(EntryReader key, EntryReader value)
    {
        string host = key.Text();
        string user = key.Text();
        value.Version(StoredEntry.Version);
        return new PermissionGrant(user, host, value.Text(), value.Text(), value.Text());
    }

    /// <summary>Key of a topic permission.</summary>
    public static byte[] TopicPermissionKey(TopicGrant grant) =>
        new EntryWriter().Byte((byte)StoredEntryKind.TopicPermission).Text(grant.VirtualHost).Text(grant.User).Text(grant.Exchange).ToArray();

    /// <summary>Value of a topic permission: two expressions.</summary>
    public static byte[] TopicPermissionValue(TopicGrant grant) => new EntryWriter().Byte(StoredEntry.Version).Text(grant.Write).Text(grant.Read).ToArray();

    /// <summary>Reads a topic permission; the key's kind was read before.</summary>
    public static TopicGrant ReadTopicPermission(EntryReader key, EntryReader value)
    {
        string host = key.Text();
        string user = key.Text();
        string exchange = key.Text();
        value.Version(StoredEntry.Version);
        return new TopicGrant(user, host, exchange, value.Text(), value.Text());
    }
}
