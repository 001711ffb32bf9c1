namespace Ropeway.Core.Policies;

/// <summary>What a policy is for. The values are stored on disk and never change.</summary>
public enum PolicyTarget : byte
{
    /// <summary>Queues of all types and exchanges.</summary>
    All = 1,

    /// <summary>Queues of all types.</summary>
    Queues = 2,

    /// <summary>Classic queues.</summary>
    ClassicQueues = 3,

    /// <summary>Quorum queues.</summary>
    QuorumQueues = 4,

    /// <summary>Streams.</summary>
    Streams = 5,

    /// <summary>Exchanges.</summary>
    Exchanges = 6,
}
