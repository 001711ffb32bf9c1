namespace Ropeway.Transport;

/// <summary>What became of one attempt to send.</summary>
internal enum SendStatus
{
    /// <summary>Something went out.</summary>
    Sent,

    /// <summary>A send is in flight; the sender is called back when it is over.</summary>
    InFlight,

    /// <summary>The connection is broken.</summary>
    Broken,
}
