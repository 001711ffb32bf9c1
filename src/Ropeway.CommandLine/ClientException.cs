namespace Ropeway.CommandLine;

/// <summary>A command ends with one line that says what was wrong, and at most one that says what to do next.</summary>
/// <param name="exitCode">One of <see cref="ClientExitCode"/>.</param>
/// <param name="message">What, where, and what was expected.</param>
/// <param name="next">The next step; null when there is none.</param>
/// <param name="cause">What it came from, shown with <c>-vv</c>.</param>
internal sealed class ClientException(int exitCode, string message, string? next = null, Exception? cause = null) : Exception(message, cause)
{
    /// <summary>How the process ends.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>The next step, or null.</summary>
    public string? Next { get; } = next;

    /// <summary>The command line says something wrong.</summary>
    public static ClientException Usage(string message, string? next = null) => new(ClientExitCode.Usage, message, next);
}
