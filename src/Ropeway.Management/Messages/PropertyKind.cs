namespace Ropeway.Management.Messages;

/// <summary>How a property of a message is encoded.</summary>
internal enum PropertyKind
{
    /// <summary>A length octet and UTF-8.</summary>
    Text,

    /// <summary>One octet.</summary>
    Octet,

    /// <summary>64 bits, big-endian: seconds.</summary>
    Time,

    /// <summary>A field table with its length in front.</summary>
    Table,
}
