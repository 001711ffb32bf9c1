namespace Ropeway.Server;

/// <summary>One option: its only name, and how its text becomes a value.</summary>
/// <param name="Name">As in <c>--name</c> and in the configuration file.</param>
/// <param name="ValueName">What stands for the value in the help text.</param>
/// <param name="DefaultText">The default as an operator would write it; for the help text and the document.</param>
/// <param name="Description">One sentence, with the unit.</param>
/// <param name="Apply">Gives the options with this one set. Throws <see cref="FormatException"/> with what was expected.</param>
internal sealed record ServerOption(
    string Name,
    string ValueName,
    string DefaultText,
    string Description,
    Func<ServerOptions, IReadOnlyList<string>, ServerOptions> Apply)
{
    /// <summary>What every environment variable of ours begins with.</summary>
    public const string EnvironmentPrefix = "ROPEWAY_";

    /// <summary>May be given several times, as a list in the file, or with commas in the environment.</summary>
    public bool IsRepeatable { get; init; }

    /// <summary>Another environment variable that is read when <see cref="EnvironmentName"/> is not set; or null.</summary>
    public string? OtherEnvironmentName { get; init; }

    /// <summary>Value must not be shown.</summary>
    public bool IsSecret { get; init; }

    /// <summary>The environment variable.</summary>
    public string EnvironmentName => EnvironmentPrefix + Name.ToUpperInvariant().Replace('-', '_');
}
