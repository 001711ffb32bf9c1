namespace Ropeway.TestKit.Conversations;

/// <summary>Form of a method's argument or a content property on the wire (AMQP 0-9-1, 4.2.5).</summary>
public enum FieldKind
{
    /// <summary>One bit of an octet shared with the bits beside it.</summary>
    Bit,
    Octet,
    Short,
    Long,
    LongLong,
    ShortString,
    LongString,
    Table,
}
