namespace Ropeway.CommandLine;

/// <summary>How a command that asks a broker ends. Stable; <c>docs/operations/command-line.md</c> lists them.</summary>
public static class ClientExitCode
{
    /// <summary>Done.</summary>
    public const int Done = 0;

    /// <summary>A fault that none of the other codes names.</summary>
    public const int Failed = 1;

    /// <summary>Unknown command or option, a bad value, or an answer that is missing.</summary>
    public const int Usage = 2;

    /// <summary>Not signed in, or not permitted.</summary>
    public const int Forbidden = 3;

    /// <summary>What the command names is not there.</summary>
    public const int NotFound = 4;

    /// <summary>It is there already with other settings, or a condition does not hold.</summary>
    public const int Conflict = 5;

    /// <summary>The broker cannot be reached, or did not answer in time.</summary>
    public const int Unreachable = 6;

    /// <summary>Some of it was done; the counts are on standard error.</summary>
    public const int Partly = 7;

    /// <summary>A check found something.</summary>
    public const int Found = 8;

    /// <summary>Ended by Ctrl+C.</summary>
    public const int Interrupted = 130;
}
