namespace Ropeway.Storage;

/// <summary>The store stopped at its first write or sync error; nothing can be appended until the process is started again.</summary>
public sealed class StoreFailedException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="cause">The first error; the same for every caller.</param>
    public StoreFailedException(Exception cause)
        : base($"The store has failed and takes no more records: {cause.Message}", cause)
    {
    }
}
