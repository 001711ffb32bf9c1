namespace Ropeway.Server.Bench;

/// <summary>Of what a broker is asked to hold many.</summary>
internal enum PopulationKind
{
    /// <summary>Idle connections with a channel each.</summary>
    Connections,

    /// <summary>Empty queues.</summary>
    Queues,
}
