using Ropeway.Core;
using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Session;

/// <summary>What the broker says of itself in connection.start, encoded once for all connections. Immutable.</summary>
internal sealed class ServerProperties
{
    /// <summary>Encodes what there is to say.</summary>
    public ServerProperties(Broker broker)
    {
        var capabilities = new FieldTable
        {
            { "publisher_confirms", true },
            { "exchange_exchange_bindings", true },
            { "basic.nack", true },
            { "consumer_cancel_notify", true },
            { "consumer_priorities", true },
            { "connection.blocked", true },
            { "per_consumer_qos", true },
            { "authentication_failure_close", true },
            { "direct_reply_to", true },
        };
        Encoded = FieldTableCodec.ToArray(new FieldTable
        {
            { "capabilities", capabilities },
            { "cluster_name", broker.ClusterName },
            { "copyright", "Copyright (c) 2026 The Ropeway authors" },
            { "information", "Licensed under the MIT licence." },
            { "platform", ".NET " + Environment.Version },
            { "product", "RabbitMQ" }, // Clients choose their dialect by these two: docs/decisions/0006.
            { "product_name", "Ropeway" },
            { "product_version", Broker.Version },
            { "version", Broker.RabbitVersion },
        });
    }

    /// <summary>A field table with its length in front.</summary>
    public byte[] Encoded { get; }
}
