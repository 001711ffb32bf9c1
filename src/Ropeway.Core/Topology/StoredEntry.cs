using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Messages;

namespace Ropeway.Core.Topology;

/// <summary>
/// Keys and values of the stored definitions of virtual hosts, exchanges, queues and bindings. The bytes are described in
/// docs/storage-format.md, "Metadata entries".
/// </summary>
/// <remarks>
/// <code>
/// key    kind u8 | names as u16 length + UTF-8 ...            (StoredEntryKind)
/// value  version u8 = 1 | fields | field table to the end
/// </code>
/// </remarks>
internal static class StoredEntry
{
    /// <summary>The version written in front of every value.</summary>
    public const byte Version = 1;

    private const byte AutoDeleteFlag = 1;
    private const byte InternalFlag = 2;
    private const byte QueueDestination = 1;
    private const byte ExchangeDestination = 2;

    /// <summary>Key of the entry that says that the first start is complete.</summary>
    public static byte[] StartedKey() => [(byte)StoredEntryKind.Started];

    /// <summary>A value without content.</summary>
    public static byte[] EmptyValue() => [Version];

    /// <summary>Key of a virtual host.</summary>
    public static byte[] VirtualHostKey(string host) => new EntryWriter().Byte((byte)StoredEntryKind.VirtualHost).Text(host).ToArray();

    /// <summary>Value of a virtual host: its settings as a table, nothing when there are none.</summary>
    public static byte[] VirtualHostValue(VirtualHostSettings settings) =>
        new EntryWriter().Byte(Version).Rest(EncodedTable.Encode(settings.ToTable())).ToArray();

    /// <summary>Reads a virtual host; the key's kind was read before.</summary>
    public static (string Name, VirtualHostSettings Settings) ReadVirtualHost(EntryReader key, EntryReader value)
    {
        value.Version(Version);
        return (key.Text(), VirtualHostSettings.Read(value.Table()));
    }

    /// <summary>Key of an exchange.</summary>
    public static byte[] ExchangeKey(string host, string name) =>
        new EntryWriter().Byte((byte)StoredEntryKind.Exchange).Text(host).Text(name).ToArray();

    /// <summary>Value of an exchange: type u8, flags u8, arguments.</summary>
    public static byte[] ExchangeValue(ExchangeSettings settings)
    {
        int flags = (settings.AutoDelete ? AutoDeleteFlag : 0) | (settings.Internal ? InternalFlag : 0);
        return new EntryWriter().Byte(Version).Byte((byte)settings.Type).Byte((byte)flags).Rest(EncodedTable.Encode(settings.Arguments)).ToArray();
    }

    /// <summary>Reads an exchange; the key's kind was read before.</summary>
    public static (string Host, ExchangeSettings Settings) ReadExchange(EntryReader key, EntryReader value)
    {
        string host = key.Text();
        string name = key.Text();
        value.Version(Version);
        var type = (ExchangeType)value.Byte();
        if (!Enum.IsDefined(type))
        {
            throw new InvalidDataException($"A stored exchange has the unknown type {(byte)type}.");
        }

        byte flags = value.Byte();
        bool autoDelete = (flags & AutoDeleteFlag) != 0;
        bool isInternal = (flags & InternalFlag) != 0;
        return (host, new ExchangeSettings(name, type, Durable: true, autoDelete, isInternal, value.Table()));
    }

    /// <summary>Key of a queue.</summary>
    public static byte[] QueueKey(string host, string name) =>
        new EntryWriter().Byte((byte)StoredEntryKind.Queue).Text(host).Text(name).ToArray();

    /// <summary>Value of a queue: log id u64, flags u8, arguments.</summary>
    public static byte[] QueueValue(QueueSettings settings, ulong logId) => new EntryWriter()
        .Byte(Version)
        .UInt64(logId)
        .Byte(settings.AutoDelete ? AutoDeleteFlag : (byte)0)
        .Rest(EncodedTable.Encode(settings.Arguments))
        .ToArray();

    /// <summary>Reads a queue; the key's kind was read before.</summary>
    public static (string Host, QueueSettings Settings, ulong LogId) ReadQueue(EntryReader key, EntryReader value)
    {
        string host = key.Text();
        string name = key.Text();
        value.Version(Version);
        ulong logId = value.UInt64();
        bool autoDelete = (value.Byte() & AutoDeleteFlag) != 0;
        return (host, new QueueSettings(name, Durable: true, Exclusive: false, autoDelete, value.Table(), Owner: null), logId);
    }

    /// <summary>Key of a deleted queue whose log is still there; the value is empty. Several can have had one name.</summary>
    public static byte[] ShelvedQueueKey(string host, string name, ulong logId) =>
        new EntryWriter().Byte((byte)StoredEntryKind.ShelvedQueue).Text(host).Text(name).UInt64(logId).ToArray();

    /// <summary>Reads a deleted queue; the key's kind was read before.</summary>
    public static (string Host, string Queue, ulong LogId) ReadShelvedQueue(EntryReader key, EntryReader value)
    {
        value.Version(Version);
        return (key.Text(), key.Text(), key.UInt64());
    }

    /// <summary>Key of a virtual host's log of delayed messages.</summary>
    public static byte[] DelayLogKey(string host) => new EntryWriter().Byte((byte)StoredEntryKind.DelayLog).Text(host).ToArray();

    /// <summary>Key of a queue's log of ids.</summary>
    public static byte[] IdLogKey(string host, string queue) => new EntryWriter().Byte((byte)StoredEntryKind.IdLog).Text(host).Text(queue).ToArray();

    /// <summary>Value of such logs: log id u64.</summary>
    public static byte[] LogValue(ulong logId) => new EntryWriter().Byte(Version).UInt64(logId).ToArray();

    /// <summary>Reads a queue's log of ids; the key's kind was read before.</summary>
    public static (string Host, string Queue, ulong LogId) ReadIdLog(EntryReader key, EntryReader value)
    {
        string host = key.Text();
        string queue = key.Text();
        value.Version(Version);
        return (host, queue, value.UInt64());
    }

    /// <summary>Reads a virtual host's log of delayed messages; the key's kind was read before.</summary>
    public static (string Host, ulong LogId) ReadDelayLog(EntryReader key, EntryReader value)
    {
        string host = key.Text();
        value.Version(Version);
        return (host, value.UInt64());
    }

    /// <summary>Key of a binding: its ends, its routing key, and its arguments ordered by name.</summary>
    /// <param name="host">The virtual host.</param>
    /// <param name="source">The exchange.</param>
    /// <param name="toQueue">True when the destination is a queue, false for an exchange.</param>
    /// <param name="destination">Its name.</param>
    /// <param name="routingKey">The key.</param>
    /// <param name="orderedArguments">From <see cref="EncodedTable.EncodeOrdered"/>.</param>
    public static byte[] BindingKey(string host, string source, bool toQueue, string destination, string routingKey, ReadOnlySpan<byte> orderedArguments) =>
        new EntryWriter()
            .Byte((byte)StoredEntryKind.Binding)
            .Text(host)
            .Text(source)
            .Byte(toQueue ? QueueDestination : ExchangeDestination)
            .Text(destination)
            .Text(routingKey)
            .Rest(orderedArguments)
            .ToArray();

    /// <summary>Value of a binding: its arguments as they were given.</summary>
    public static byte[] BindingValue(FieldTable? arguments) => new EntryWriter().Byte(Version).Rest(EncodedTable.Encode(arguments)).ToArray();

    /// <summary>Reads a binding; the key's kind was read before.</summary>
    public static StoredBinding ReadBinding(EntryReader key, EntryReader value)
    {
        string host = key.Text();
        string source = key.Text();
        bool toQueue = key.Byte() == QueueDestination;
        string destination = key.Text();
        string routingKey = key.Text();
        value.Version(Version);
        return new StoredBinding(host, source, toQueue, destination, routingKey, value.Table());
    }
}
