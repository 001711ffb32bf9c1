namespace Ropeway.Management.Live;

/// <summary>By what a list of queues is sorted.</summary>
internal enum QueueOrder
{
    /// <summary>By name, then by virtual host.</summary>
    Name,

    /// <summary>By ready messages.</summary>
    Waiting,

    /// <summary>By messages that consumers hold.</summary>
    Held,

    /// <summary>By messages a second that come in.</summary>
    In,

    /// <summary>By messages a second that consumers get.</summary>
    Out,

    /// <summary>By how long the oldest waits.</summary>
    Oldest,

    /// <summary>By how much they need a look, then by messages times age.</summary>
    Severity,
}
