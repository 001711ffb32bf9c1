namespace Ropeway.Protocols.Amqp091.Tests.Session;

/// <summary>A frame that the server sent.</summary>
public sealed record PeerFrame(byte Type, ushort Channel, byte[] Payload);
