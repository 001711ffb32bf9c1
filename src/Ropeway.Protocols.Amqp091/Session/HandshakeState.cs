namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>What a connection waits for before it is open, in order (section 2.2.4).</summary>
internal enum HandshakeState
{
    /// <summary>The eight bytes "AMQP 0 0 9 1".</summary>
    ProtocolHeader,

    /// <summary>connection.start-ok.</summary>
    StartOk,

    /// <summary>connection.tune-ok.</summary>
    TuneOk,

    /// <summary>connection.open.</summary>
    OpenMethod,

    /// <summary>Anything: the connection is open.</summary>
    Open,

    /// <summary>Nothing: the connection is over.</summary>
    Closed,
}
