namespace Ropeway.Messages;

/// <summary>The protocol family whose form the stored properties have.</summary>
public enum MessageOrigin : byte
{
    /// <summary>Not a valid origin.</summary>
    None = 0,

    /// <summary>AMQP 0-9-1: properties are the content header's property flags and property list (section 4.2.6.1).</summary>
    Amqp091 = 1,
}
