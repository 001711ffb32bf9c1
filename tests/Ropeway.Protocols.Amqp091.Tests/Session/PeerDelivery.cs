namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>A message that the server delivered.</summary>
public sealed record PeerDelivery(string ConsumerTag, ulong DeliveryTag, bool Redelivered, string Exchange, string RoutingKey, byte[] Body);
