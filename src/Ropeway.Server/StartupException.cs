namespace Ropeway.Server;

/// <summary>The server cannot start, or cannot go on: one line for the operator, and the process's exit code.</summary>
public sealed class StartupException : Exception
{
    /// <summary>Makes the fault.</summary>
    /// <param name="exitCode">One of <see cref="Server.ExitCode"/>.</param>
    /// <param name="line">What is wrong and what to do, in one line.</param>
    /// <param name="cause">Null when there is no other exception behind it.</param>
    public StartupException(int exitCode, string line, Exception? cause = null)
        : base(line, cause)
    {
        ExitCode = exitCode;
    }

    /// <summary>One of <see cref="Server.ExitCode"/>.</summary>
    public int ExitCode { get; }
}
