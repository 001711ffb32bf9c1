namespace Ropeway.TestKit.Wire;

/// <summary>Frame types of AMQP 0-9-1 (section 4.2.3).</summary>
public static class FrameKind
{
    public const byte Method = 1;
    public const byte Header = 2;
    public const byte Body = 3;
    public const byte Heartbeat = 8;

    /// <summary>The octet that ends every frame.</summary>
    public const byte End = 0xCE;

    /// <summary>Octets of a frame beside its payload.</summary>
    public const int OverheadBytes = 8;
}
