namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>Writes a method with its content (section 4.2.6): method frame, header frame, body frames. Pure; allocates nothing.</summary>
/// <remarks>
/// Small bodies are copied: <see cref="Write{T}"/> into one span of <see cref="ContentLayout.TotalBytes"/>. Large bodies stay where they
/// are: <see cref="WriteEnvelope{T}"/> writes the rest, and the sender puts body slices between its pieces:
/// <c>envelope[..HeadBytes]</c>, slice 0, the next 8 bytes, slice 1, ..., the last byte.
/// </remarks>
public static class ContentFrames
{
    /// <summary>Writes method, header and body frames.</summary>
    /// <typeparam name="T">The method: basic.deliver, basic.get-ok, basic.return or basic.publish.</typeparam>
    /// <param name="destination">At least <see cref="ContentLayout.TotalBytes"/> bytes.</param>
    /// <param name="channel">The channel, from 1.</param>
    /// <param name="layout">The layout of the same method, properties and body.</param>
    /// <param name="method">The method.</param>
    /// <param name="properties">Raw properties with their flags.</param>
    /// <param name="body">The body.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int Write<T>(
        Span<byte> destination,
        ushort channel,
        in ContentLayout layout,
        scoped T method,
        scoped ReadOnlySpan<byte> properties,
        scoped ReadOnlySpan<byte> body)
        where T : struct, IMethod<T>, allows ref struct
    {
        int position = WriteHead(destination, channel, layout, method, properties);
        for (int i = 0; i < layout.BodyFrameCount; i++)
        {
            if (i > 0)
            {
                position += WriteSeam(destination[position..], channel, layout.GetSliceBytes(i));
            }

            int sliceBytes = layout.GetSliceBytes(i);
            body.Slice(i * layout.SliceBytesMax, sliceBytes).CopyTo(destination[position..]);
            position += sliceBytes;
        }

        if (layout.BodyFrameCount > 0)
        {
            destination[position++] = FrameCodec.FrameEnd;
        }

        return position;
    }

    /// <summary>Writes everything but the body: the head, all seams, the last end octet, one behind the other.</summary>
    /// <typeparam name="T">The method: basic.deliver, basic.get-ok, basic.return or basic.publish.</typeparam>
    /// <param name="destination">At least <see cref="ContentLayout.EnvelopeBytes"/> bytes.</param>
    /// <param name="channel">The channel, from 1.</param>
    /// <param name="layout">The layout of the same method, properties and body.</param>
    /// <param name="method">The method.</param>
    /// <param name="properties">Raw properties with their flags.</param>
    /// <returns>Bytes written.</returns>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int WriteEnvelope<T>(
        Span<byte> destination,
        ushort channel,
        in ContentLayout layout,
        scoped T method,
        scoped ReadOnlySpan<byte> properties)
        where T : struct, IMethod<T>, allows ref struct
    {
        int position = WriteHead(destination, channel, layout, method, properties);
        for (int i = 1; i < layout.BodyFrameCount; i++)
        {
            position += WriteSeam(destination[position..], channel, layout.GetSliceBytes(i));
        }

        if (layout.BodyFrameCount > 0)
        {
            destination[position++] = FrameCodec.FrameEnd;
        }

        return position;
    }

    /// <summary>Writes what stands in front of the first body slice: method frame, header frame, head of the first body frame.</summary>
    /// <typeparam name="T">The method: basic.deliver, basic.get-ok, basic.return or basic.publish.</typeparam>
    /// <param name="destination">At least <see cref="ContentLayout.HeadBytes"/> bytes.</param>
    /// <param name="channel">The channel, from 1.</param>
    /// <param name="layout">The layout of the same method, properties and body.</param>
    /// <param name="method">The method.</param>
    /// <param name="properties">Raw properties with their flags.</param>
    /// <returns>Bytes written: <see cref="ContentLayout.HeadBytes"/>.</returns>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int WriteHead<T>(
        Span<byte> destination,
        ushort channel,
        in ContentLayout layout,
        scoped T method,
        scoped ReadOnlySpan<byte> properties)
        where T : struct, IMethod<T>, allows ref struct
    {
        scoped var writer = new FrameWriter(destination);
        writer.BeginMethod(channel, T.Id);
        method.WriteArguments(ref writer);
        writer.EndFrame();
        writer.BeginFrame(FrameType.Header, channel);
        writer.WriteShort(T.Id.ClassOf());
        writer.WriteShort(0); // Weight, unused.
        writer.WriteLongLong((ulong)layout.BodyBytes);
        writer.WriteRaw(properties);
        writer.EndFrame();
        int position = writer.WrittenBytes;
        if (layout.BodyFrameCount > 0)
        {
            var bodyHeader = new FrameHeader(FrameType.Body, channel, layout.GetSliceBytes(0));
            FrameCodec.WriteHeader(destination[position..], bodyHeader);
            position += FrameCodec.HeaderBytes;
        }

        return position;
    }

    /// <summary>Writes what stands between two body slices: the end octet of one frame and the head of the next.</summary>
    /// <param name="destination">At least <see cref="ContentLayout.SeamBytes"/> bytes.</param>
    /// <param name="channel">The channel, from 1.</param>
    /// <param name="nextSliceBytes">Bytes of the slice that follows.</param>
    /// <returns>Bytes written: <see cref="ContentLayout.SeamBytes"/>.</returns>
    /// <exception cref="ArgumentException">The destination is too short.</exception>
    public static int WriteSeam(Span<byte> destination, ushort channel, int nextSliceBytes)
    {
        FrameCodec.WriteHeader(destination[1..], new FrameHeader(FrameType.Body, channel, nextSliceBytes));
        destination[0] = FrameCodec.FrameEnd;
        return ContentLayout.SeamBytes;
    }
}
