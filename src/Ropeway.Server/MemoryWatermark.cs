using System.Globalization;

namespace Ropeway.Server;

/// <summary>How much memory the process may use before publishers have to wait.</summary>
/// <param name="Share">Part of the memory that there is, 0 to 1; null when an amount is given.</param>
/// <param name="Bytes">The amount in bytes; only without a share.</param>
public readonly record struct MemoryWatermark(double? Share, long Bytes)
{
    /// <summary>Reads <c>0.6</c> as a share and <c>2GB</c> or <c>2000000000</c> as an amount.</summary>
    /// <exception cref="FormatException">It is neither.</exception>
    public static MemoryWatermark Parse(string text)
    {
        if (!text.Contains('.', StringComparison.Ordinal))
        {
            return new MemoryWatermark(Share: null, ByteCount.Parse(text));
        }

        return double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double share) && share <= 1
            ? new MemoryWatermark(share, Bytes: 0)
            : throw new FormatException("a share of the memory from 0.0 to 1.0, or an amount such as 2GB, is expected");
    }

    /// <summary>The amount.</summary>
    /// <param name="totalBytes">The memory that there is.</param>
    public long Of(long totalBytes) => Share is { } share ? (long)(totalBytes * share) : Bytes;
}
