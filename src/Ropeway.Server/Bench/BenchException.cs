namespace Ropeway.Server.Bench;

/// <summary>A load run cannot start or go on; the message is the one line that the user sees.</summary>
internal sealed class BenchException : Exception
{
    /// <summary>Makes a fault with a line for the user.</summary>
    public BenchException(string message)
        : base(message)
    {
    }

    /// <summary>Makes a fault with a line for the user and its cause.</summary>
    public BenchException(string message, Exception cause)
        : base(message, cause)
    {
    }
}
