using System.Diagnostics;
using Ropeway.Buffers;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Queues;

/// <summary>A message that a queue hands out. Valid during the call that brings it; its body longer, if a reference on <see cref="BodyBlock"/> is taken.</summary>
public readonly ref struct QueuedMessage
{
    private QueuedMessage(scoped in RecordView record, scoped in StoredMessage content, bool redelivered, long deliveryCount)
    {
        DeliveryCount = deliveryCount;
        Offset = record.Offset;
        Content = content;
        IsRedelivered = redelivered;
        BodyBlock = record.ExternalBody ?? record.Block;
        BodyStart = record.ExternalBody is not null ? 0
            : record.Shared.IsEmpty ? record.BlockOffset + content.BodyStart
            : record.SharedOffset + content.BodyStart - StoredMessage.HeadBytes;
    }

    /// <summary>Its number in its queue.</summary>
    public long Offset { get; }

    /// <summary>Whether it was, or may have been, delivered before.</summary>
    public bool IsRedelivered { get; }

    /// <summary>How often it was delivered and came back, in queues that count it (x-delivery-count); else 0.</summary>
    public long DeliveryCount { get; }

    /// <summary>Whether its receiver is to be told <see cref="Offset"/> (x-sequence).</summary>
    public bool TellsOffset { get; init; }

    /// <summary>Envelope, names, properties and, unless external, the body.</summary>
    public StoredMessage Content { get; }

    /// <summary>Memory that holds the body, wherever it is stored.</summary>
    public NativeBlock BodyBlock { get; }

    /// <summary>Start of the body in <see cref="BodyBlock"/>.</summary>
    public int BodyStart { get; }

    /// <summary>Reads the content of a record that passed its checksum.</summary>
    internal static StoredMessage ReadContent(scoped in RecordView record) => TryReadContent(record, out StoredMessage content)
        ? content
        : throw new UnreachableException($"Record {record.Offset} passed its checksum but is no message.");

    /// <summary>Reads the content of a record, wherever it lies.</summary>
    /// <returns>False when the record holds no message of a known version.</returns>
    internal static bool TryReadContent(scoped in RecordView record, out StoredMessage content) => record.Shared.IsEmpty
        ? StoredMessage.TryRead(record.Payload, out content)
        : StoredMessage.TryRead(record.Payload, record.Shared, out content);

    /// <summary>Reads the message in a record.</summary>
    /// <returns>False when the record holds no message of a known version.</returns>
    internal static bool TryRead(scoped in RecordView record, bool redelivered, long deliveryCount, out QueuedMessage message)
    {
        if (!TryReadContent(record, out StoredMessage content))
        {
            message = default;
            return false;
        }

        message = new QueuedMessage(record, content, redelivered, deliveryCount);
        return true;
    }
}
