using System.Buffers.Binary;
using System.Diagnostics;

namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>Writes whole frames, one after the other, into a span. Stack only; allocates nothing.</summary>
/// <remarks>
/// Begin a frame, write its fields, end it: the length is filled in then. The caller provides enough room (methods and content
/// know their exact bytes beforehand); a short destination is a programmer's error and throws <see cref="ArgumentException"/>.
/// </remarks>
public ref struct FrameWriter
{
    private readonly Span<byte> _destination;
    private int _frameStart;

    /// <summary>Writes from the first byte of <paramref name="destination"/> on.</summary>
    /// <param name="destination">Where the frames go.</param>
    public FrameWriter(Span<byte> destination)
    {
        _destination = destination;
        _frameStart = 0;
        WrittenBytes = 0;
    }

    /// <summary>Bytes written so far, an unfinished frame included.</summary>
    public int WrittenBytes { get; private set; }

    /// <summary>Bytes that <see cref="WriteTable"/> writes for a raw table: an empty span counts as the empty table.</summary>
    /// <param name="table">A table with its 4-byte length, or an empty span.</param>
    public static int TableBytes(ReadOnlySpan<byte> table) => Math.Max(sizeof(uint), table.Length);

    /// <summary>Begins a frame.</summary>
    /// <param name="type">See <see cref="FrameType"/>.</param>
    /// <param name="channel">0 for connection-level frames.</param>
    public void BeginFrame(byte type, ushort channel)
    {
        _frameStart = WrittenBytes;
        FrameCodec.WriteHeader(Take(FrameCodec.HeaderBytes), new FrameHeader(type, channel, 0));
    }

    /// <summary>Begins a method frame; the arguments follow.</summary>
    /// <param name="channel">0 for methods of class connection.</param>
    /// <param name="id">The method.</param>
    public void BeginMethod(ushort channel, MethodId id)
    {
        BeginFrame(FrameType.Method, channel);
        WriteLong((uint)id);
    }

    /// <summary>Fills in the payload length of the frame begun last and writes the end octet.</summary>
    public void EndFrame()
    {
        int payloadBytes = WrittenBytes - _frameStart - FrameCodec.HeaderBytes;
        Debug.Assert(payloadBytes >= 0, "EndFrame without BeginFrame.");
        BinaryPrimitives.WriteUInt32BigEndian(_destination[(_frameStart + 3)..], (uint)payloadBytes);
        WriteOctet(FrameCodec.FrameEnd);
    }

    /// <summary>An unsigned 8-bit number.</summary>
    /// <param name="value">The number.</param>
    public void WriteOctet(byte value) => Take(sizeof(byte))[0] = value;

    /// <summary>An octet of packed bits (section 4.2.5.2): the first is 0x01.</summary>
    /// <param name="first">0x01.</param>
    /// <param name="second">0x02.</param>
    /// <param name="third">0x04.</param>
    /// <param name="fourth">0x08.</param>
    /// <param name="fifth">0x10.</param>
    public void WriteBits(bool first, bool second = false, bool third = false, bool fourth = false, bool fifth = false)
    {
        int bits = (first ? 0x01 : 0) | (second ? 0x02 : 0) | (third ? 0x04 : 0) | (fourth ? 0x08 : 0) | (fifth ? 0x10 : 0);
        WriteOctet((byte)bits);
    }

    /// <summary>An unsigned 16-bit number.</summary>
    /// <param name="value">The number.</param>
    public void WriteShort(ushort value) => BinaryPrimitives.WriteUInt16BigEndian(Take(sizeof(ushort)), value);

    /// <summary>An unsigned 32-bit number.</summary>
    /// <param name="value">The number.</param>
    public void WriteLong(uint value) => BinaryPrimitives.WriteUInt32BigEndian(Take(sizeof(uint)), value);

    /// <summary>An unsigned 64-bit number.</summary>
    /// <param name="value">The number.</param>
    public void WriteLongLong(ulong value) => BinaryPrimitives.WriteUInt64BigEndian(Take(sizeof(ulong)), value);

    /// <summary>A short string.</summary>
    /// <param name="value">At most 255 bytes.</param>
    /// <exception cref="ArgumentException">Over 255 bytes.</exception>
    public void WriteShortString(scoped ReadOnlySpan<byte> value)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value.Length, byte.MaxValue, nameof(value)); // Section 4.2.5.3.
        WriteOctet((byte)value.Length);
        WriteRaw(value);
    }

    /// <summary>A long string.</summary>
    /// <param name="value">The bytes.</param>
    public void WriteLongString(scoped ReadOnlySpan<byte> value)
    {
        WriteLong((uint)value.Length);
        WriteRaw(value);
    }

    /// <summary>A table.</summary>
    /// <param name="table">Its bytes with the 4-byte length in front, or an empty span for the empty table.</param>
    public void WriteTable(scoped ReadOnlySpan<byte> table)
    {
        if (table.IsEmpty)
        {
            WriteLong(0);
            return;
        }

        WriteRaw(table);
    }

    /// <summary>Bytes as they are.</summary>
    /// <param name="bytes">The bytes.</param>
    public void WriteRaw(scoped ReadOnlySpan<byte> bytes) => bytes.CopyTo(Take(bytes.Length));

    private Span<byte> Take(int bytes)
    {
        Span<byte> taken = _destination.Slice(WrittenBytes, bytes);
        WrittenBytes += bytes;
        return taken;
    }
}
