namespace Ropeway.Core.Streams;

/// <summary>What a <see cref="StreamStart"/> is given as.</summary>
public enum StreamStartKind
{
    /// <summary>Behind everything that is there.</summary>
    Next,

    /// <summary>At the oldest message that is there.</summary>
    First,

    /// <summary>At the newest message.</summary>
    Last,

    /// <summary>At an offset.</summary>
    Offset,

    /// <summary>At a time.</summary>
    Time,
}
