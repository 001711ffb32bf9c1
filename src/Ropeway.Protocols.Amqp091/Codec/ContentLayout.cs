namespace Ropeway.Protocols.Amqp091.Codec;

/// <summary>How a message with content is cut into frames: exact byte counts before anything is written.</summary>
/// <remarks>
/// <code>
/// | method frame | header frame | body frame head | slice 0 | seam | slice 1 | seam | ... | slice n-1 | end |
/// |&lt;-------------- HeadBytes -----------------&gt;|         | 8    |                       |           | 1   |
/// </code>
/// A seam is the end octet of one body frame and the seven bytes in front of the next. Without a body there is no body frame.
/// The header frame is not cut (section 4.2.6 gives no way to): properties that exceed frame-max make a frame that exceeds it.
/// </remarks>
public readonly record struct ContentLayout
{
    /// <summary>Bytes between two body slices: an end octet and the head of the next frame.</summary>
    public const int SeamBytes = FrameCodec.OverheadBytes;

    private ContentLayout(int headBytes, int bodyBytes, int sliceBytesMax)
    {
        HeadBytes = headBytes;
        BodyBytes = bodyBytes;
        SliceBytesMax = sliceBytesMax;
        BodyFrameCount = (int)(((long)bodyBytes + sliceBytesMax - 1) / sliceBytesMax);
    }

    /// <summary>Bytes in front of the first body slice: method frame, header frame and, if there is a body, the first body frame's head.</summary>
    public int HeadBytes { get; }

    /// <summary>Bytes of the body.</summary>
    public int BodyBytes { get; }

    /// <summary>Bytes of every body slice but the last, which may be shorter.</summary>
    public int SliceBytesMax { get; }

    /// <summary>Body frames; 0 for an empty body.</summary>
    public int BodyFrameCount { get; }

    /// <summary>Bytes of everything but the body: head, seams and the last end octet.</summary>
    public int EnvelopeBytes => BodyFrameCount == 0 ? HeadBytes : HeadBytes + ((BodyFrameCount - 1) * SeamBytes) + 1;

    /// <summary>Bytes of everything.</summary>
    public long TotalBytes => (long)EnvelopeBytes + BodyBytes;

    /// <summary>Computes the layout.</summary>
    /// <typeparam name="T">The method: basic.deliver, basic.get-ok, basic.return or basic.publish.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="propertiesBytes">Bytes of the raw properties with their flags, at least 2.</param>
    /// <param name="bodyBytes">Bytes of the body, 0 or more.</param>
    /// <param name="frameBytesMax">Negotiated frame-max with overhead; 0 for no limit, otherwise over 8.</param>
    public static ContentLayout Of<T>(scoped T method, int propertiesBytes, int bodyBytes, int frameBytesMax)
        where T : struct, IMethod<T>, allows ref struct
    {
        int sliceBytesMax = frameBytesMax == 0 ? int.MaxValue : frameBytesMax - FrameCodec.OverheadBytes;
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sliceBytesMax, nameof(frameBytesMax));
        int headBytes = method.GetFrameBytes() + FrameCodec.OverheadBytes + ContentHeader.FixedBytes + propertiesBytes;
        return new ContentLayout(headBytes + (bodyBytes == 0 ? 0 : FrameCodec.HeaderBytes), bodyBytes, sliceBytesMax);
    }

    /// <summary>Bytes of a body slice; slice <c>i</c> starts at <c>i * SliceBytesMax</c>.</summary>
    /// <param name="sliceIndex">0 up to, exclusive, <see cref="BodyFrameCount"/>.</param>
    public int GetSliceBytes(int sliceIndex) => (int)Math.Min(SliceBytesMax, BodyBytes - ((long)sliceIndex * SliceBytesMax));
}
