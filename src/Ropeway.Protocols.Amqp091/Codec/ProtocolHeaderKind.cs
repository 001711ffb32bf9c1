namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>What a peer's first eight bytes ask for (section 4.2.2).</summary>
public enum ProtocolHeaderKind
{
    /// <summary>Fewer than eight bytes, all fitting so far.</summary>
    Incomplete,

    /// <summary>AMQP 0-9-1, also asked for by the header of 0-9 (<c>AMQP 1 1 0 9</c>, answered with 0-9-1 as RabbitMQ does).</summary>
    Amqp091,

    /// <summary>AMQP 1.0 without a security layer (<c>AMQP 0 1 0 0</c>).</summary>
    Amqp10,

    /// <summary>AMQP 1.0 with SASL (<c>AMQP 3 1 0 0</c>).</summary>
    Amqp10Sasl,

    /// <summary>"AMQP" with another protocol id or version: answer with <see cref="ProtocolHeader.Amqp091"/> and close.</summary>
    UnsupportedVersion,

    /// <summary>Not AMQP: answer with <see cref="ProtocolHeader.Amqp091"/> and close.</summary>
    NotAmqp,
}
