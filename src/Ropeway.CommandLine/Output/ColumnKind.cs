namespace Ropeway.CommandLine.Output;

/// <summary>What a column holds, and so how a terminal shows it.</summary>
internal enum ColumnKind
{
    /// <summary>A name: gives way first when the terminal is narrow.</summary>
    Name,

    /// <summary>Other text.</summary>
    Text,

    /// <summary>A whole number, grouped.</summary>
    Count,

    /// <summary>An identifier: digits as they are.</summary>
    Number,

    /// <summary>Bytes, as KiB, MiB, GiB.</summary>
    Bytes,

    /// <summary>A number per second.</summary>
    Rate,

    /// <summary>Seconds, as two largest units.</summary>
    Seconds,

    /// <summary>Milliseconds, as two largest units.</summary>
    Milliseconds,

    /// <summary>Milliseconds since 1970, as a time.</summary>
    UnixMs,

    /// <summary>A time in ISO 8601.</summary>
    Time,
}
