using System.Buffers.Binary;

namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>Reads and writes whole method frames (section 4.2.4). Pure; any thread.</summary>
/// <remarks>
/// <code>
/// payload: | class id u16 | method id u16 | arguments |
/// </code>
/// </remarks>
public static class MethodFrame
{
    /// <summary>Bytes of class and method id at the start of the payload.</summary>
    public const int IdBytes = 4;

    /// <summary>Bytes of the frame of a method without arguments.</summary>
    public const int BareBytes = FrameCodec.OverheadBytes + IdBytes;

    /// <summary>Splits the payload of a method frame.</summary>
    /// <param name="payload">The payload of a frame of type <see cref="FrameType.Method"/>.</param>
    /// <param name="id">The method; may be one that <see cref="MethodId"/> does not name.</param>
    /// <param name="arguments">What follows.</param>
    /// <returns>False when the payload is shorter than the ids.</returns>
    public static bool TrySplit(ReadOnlySpan<byte> payload, out MethodId id, out ReadOnlySpan<byte> arguments)
    {
        if (payload.Length < IdBytes)
        {
            id = default;
            arguments = default;
            return false;
        }

        id = (MethodId)BinaryPrimitives.ReadUInt32BigEndian(payload);
        arguments = payload[IdBytes..];
        return true;
    }

    /// <summary>Exact bytes of the frame that <see cref="Write{T}"/> writes.</summary>
    /// <typeparam name="T">The method.</typeparam>
    /// <param name="method">The method.</param>
    public static int GetFrameBytes<T>(this scoped T method)
        where T : struct, IMethod<T>, allows ref struct
        => BareBytes + method.ArgumentBytes;

    /// <summary>Writes the method as a whole frame.</summary>
    /// <typeparam name="T">The method.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="destination">At least <see cref="GetFrameBytes{T}"/> bytes.</param>
    /// <param name="channel">0 for methods of class connection.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is too short, or a short string is over 255 bytes.</exception>
    public static int Write<T>(this scoped T method, Span<byte> destination, ushort channel)
        where T : struct, IMethod<T>, allows ref struct
    {
        scoped var writer = new FrameWriter(destination);
        writer.BeginMethod(channel, T.Id);
        method.WriteArguments(ref writer);
        writer.EndFrame();
        return writer.WrittenBytes;
    }

    /// <summary>Writes a method that has no arguments, such as channel.close-ok, as a whole frame of <see cref="BareBytes"/> bytes.</summary>
    /// <param name="destination">At least <see cref="BareBytes"/> bytes.</param>
    /// <param name="channel">0 for methods of class connection.</param>
    /// <param name="id">The method.</param>
    /// <returns>Bytes written.</returns>
    public static int WriteBare(Span<byte> destination, ushort channel, MethodId id)
    {
        FrameCodec.WriteHeader(destination, new FrameHeader(FrameType.Method, channel, IdBytes));
        BinaryPrimitives.WriteUInt32BigEndian(destination[FrameCodec.HeaderBytes..], (uint)id);
        destination[BareBytes - 1] = FrameCodec.FrameEnd;
        return BareBytes;
    }
}
