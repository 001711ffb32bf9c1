namespace Ropeway.Storage;

/// <summary>A store cannot be opened or used. The message is one clear line for an operator.</summary>
public sealed class StoreException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="kind">What kind of fault it is.</param>
    /// <param name="message">One line that names the file or directory and what to do.</param>
    /// <param name="cause">The cause, or null.</param>
    public StoreException(StoreFault kind, string message, Exception? cause = null)
        : base(message, cause)
    {
        Kind = kind;
    }

    /// <summary>What kind of fault it is.</summary>
    public StoreFault Kind { get; }
}
