namespace Ropeway.CommandLine.Output;

/// <summary>In which form results are written.</summary>
internal enum OutputForm
{
    /// <summary>Aligned columns, for a terminal.</summary>
    Table,

    /// <summary>Tab separated, a row a line.</summary>
    Plain,

    /// <summary>One JSON document.</summary>
    Json,

    /// <summary>One JSON object a line.</summary>
    JsonLines,

    /// <summary>Comma separated (RFC 4180).</summary>
    Csv,
}
