namespace Ropeway.TestKit.Wire;

/// <summary>One received frame; its payload is valid until the next read from its socket.</summary>
public readonly ref struct FrameView(byte kind, ushort channel, ReadOnlySpan<byte> payload)
{
    public byte Kind { get; } = kind;

    public ushort Channel { get; } = channel;

    public ReadOnlySpan<byte> Payload { get; } = payload;

    /// <summary>The method of a method frame.</summary>
    public WireMethod Method => Kind != FrameKind.Method
        ? WireMethod.None
        : (WireMethod)System.Buffers.Binary.BinaryPrimitives.ReadInt32BigEndian(Payload);

    /// <summary>The arguments of a method frame.</summary>
    public FieldReader Arguments => new(Payload[4..]);
}
