using Ropeway.Core;
using Ropeway.Protocols.Amqp091.Session;
using Ropeway.Transport;

namespace Ropeway.Protocols.Amqp091;

/// <summary>AMQP 0-9-1 with RabbitMQ's extensions, on one broker. Any thread.</summary>
public sealed class AmqpProtocol(Broker broker, AmqpOptions options) : IProtocol
{
    private readonly ServerProperties _serverProperties = new(broker);

    /// <inheritdoc/>
    public string Name => "amqp";

    /// <inheritdoc/>
    public ISession Open(IConnection connection) => new AmqpSession(broker, options, _serverProperties, connection);
}
