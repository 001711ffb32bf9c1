namespace Ropeway.Management.Findings;

/// <summary>How much something needs a look; the higher the number the more.</summary>
internal enum FindingSeverity
{
    /// <summary>Worth knowing.</summary>
    Note = 1,

    /// <summary>It will not go well for long.</summary>
    Warn,

    /// <summary>Something does not work.</summary>
    Bad,
}
