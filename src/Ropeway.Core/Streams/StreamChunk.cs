namespace Ropeway.Core.Streams;

/// <summary>A part of a stream: retention drops whole ones, and searches by time begin with them.</summary>
/// <param name="First">Its lowest offset; it ends where the next one begins.</param>
/// <param name="Bytes">What it takes on the disk, about.</param>
/// <param name="LastMs">When its newest message came, in milliseconds since the Unix epoch; <see cref="UnknownMs"/> until somebody has read it.</param>
internal readonly record struct StreamChunk(long First, long Bytes, long LastMs)
{
    /// <summary>A time that is not known.</summary>
    public const long UnknownMs = long.MinValue;
}
