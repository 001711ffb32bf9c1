namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>The frame types of AMQP 0-9-1 (section 4.2.3).</summary>
public static class FrameType
{
    /// <summary>A method: class id, method id, arguments.</summary>
    public const byte Method = 1;

    /// <summary>A content header: class id, weight, body size, properties.</summary>
    public const byte Header = 2;

    /// <summary>A piece of a content body.</summary>
    public const byte Body = 3;

    /// <summary>A heartbeat: channel 0, no payload.</summary>
    public const byte Heartbeat = 8;
}
