using System.Globalization;

namespace Ropeway.Server;

/// <summary>Amounts of bytes as operators write them: <c>50000000</c>, <c>50MB</c>, <c>2GiB</c>. Pure.</summary>
internal static class ByteCount
{
    private static readonly (string Name, long Bytes)[] Units =
    [
        ("kib", 1L << 10), ("mib", 1L << 20), ("gib", 1L << 30), ("tib", 1L << 40),
        ("kb", 1_000), ("mb", 1_000_000), ("gb", 1_000_000_000), ("tb", 1_000_000_000_000),
    ];

    /// <summary>Reads an amount: a whole number, and perhaps a unit in any case.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static long Parse(string text)
    {
        long unitBytes = 1;
        string digits = text;
        foreach ((string name, long bytes) in Units)
        {
            if (text.EndsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                unitBytes = bytes;
                digits = text[..^name.Length].TrimEnd();
                break;
            }
        }

        return long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out long count) && count <= long.MaxValue / unitBytes
            ? count * unitBytes
            : throw new FormatException("bytes are expected: a whole number, or one with kB, MB, GB, TB, KiB, MiB, GiB or TiB");
    }
}
