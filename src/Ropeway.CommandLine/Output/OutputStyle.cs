namespace Ropeway.CommandLine.Output;

/// <summary>How results are written. Immutable.</summary>
/// <param name="Form">In which form.</param>
/// <param name="HasHeader">Whether plain output has a header line.</param>
/// <param name="HasColor">Whether colours may be used.</param>
/// <param name="Columns">Width of the terminal in cells.</param>
internal sealed record OutputStyle(OutputForm Form, bool HasHeader, bool HasColor, int Columns)
{
    /// <summary>Whether a terminal gets it, which obeys control characters.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>Whether rows follow others that were written before: there is no header then.</summary>
    public bool IsContinued { get; init; }

    /// <summary>Less important.</summary>
    public string Dim(string text) => HasColor ? $"\e[2m{text}\e[22m" : text;

    /// <summary>Trouble.</summary>
    public string Red(string text) => HasColor ? $"\e[31m{text}\e[39m" : text;
}
