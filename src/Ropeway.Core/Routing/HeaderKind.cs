namespace Ropeway.Core.Routing;

/// <summary>Header values of one kind are compared with each other, whatever width they were sent in.</summary>
internal enum HeaderKind : byte
{
    /// <summary>No value.</summary>
    Void,

    /// <summary>Any integer.</summary>
    Integer,

    /// <summary>float or double.</summary>
    Float,

    /// <summary>Boolean.</summary>
    Boolean,

    /// <summary>A string or a byte array.</summary>
    Bytes,

    /// <summary>A time.</summary>
    Timestamp,

    /// <summary>Decimals, arrays and tables: equal when their encoding is.</summary>
    Other,
}
