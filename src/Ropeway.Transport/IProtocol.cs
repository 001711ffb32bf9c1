namespace Ropeway.Transport;

/// <summary>A wire protocol that a listener speaks. One instance serves all connections of its listeners, from any thread.</summary>
public interface IProtocol
{
    /// <summary>Short lower-case name, as in a listener's URL, for example <c>amqp</c>.</summary>
    string Name { get; }

    /// <summary>Makes the session of a connection that has just been accepted. The session sees all bytes from the first on.</summary>
    /// <param name="connection">Belongs to the session until <see cref="ISession.OnClosed"/> has returned.</param>
    /// <exception cref="Exception">Anything thrown here is logged and aborts this connection only.</exception>
    ISession Open(IConnection connection);
}
