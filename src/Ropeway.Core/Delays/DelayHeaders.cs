using System.Buffers.Binary;
using System.Buffers.Text;
using Ropeway.Messages;

namespace Ropeway.Core.Delays;

/// <summary>
/// How long the headers of a message ask the broker to hold it back. Times are whole milliseconds, as a number of any type or a text; a fraction
/// is cut off, and a time that is over asks for nothing.
/// </summary>
/// <param name="DueMs">When the message is to be routed at all, in milliseconds since the Unix epoch; 0 for now.</param>
/// <param name="ExchangeDueMs">When exchanges of type x-delayed-message are to pass it on; 0 for now.</param>
public readonly record struct DelayHeaders(long DueMs, long ExchangeDueMs)
{
    /// <summary>Whether there is anything to wait for.</summary>
    public bool AreAny => (DueMs | ExchangeDueMs) != 0;

    /// <summary>How long whoever holds the message back does so, in milliseconds since the Unix epoch.</summary>
    public long HeldUntilMs => DueMs == 0 ? ExchangeDueMs : DueMs;

    /// <summary>Name of the header that exchanges of type x-delayed-message look at: milliseconds to wait.</summary>
    public static ReadOnlySpan<byte> ExchangeDelay => "x-delay"u8;

    /// <summary>Name of the header that counts everywhere: milliseconds to wait.</summary>
    public static ReadOnlySpan<byte> DeliveryDelay => "x-opt-delivery-delay"u8;

    /// <summary>Name of the header that counts everywhere: milliseconds since the Unix epoch.</summary>
    public static ReadOnlySpan<byte> DeliveryTime => "x-opt-delivery-time"u8;

    /// <summary>Whether headers can hold any: a quick look that need not be right, but never misses them.</summary>
    public static bool MayBeIn(ReadOnlySpan<byte> headers) => headers.IndexOf("-del"u8) >= 0; // A part of all three names.

    /// <summary>Reads them. Of the two that count everywhere the later time holds.</summary>
    /// <param name="headers">The encoded table with its length in front, or empty.</param>
    /// <param name="nowMs">Milliseconds since the Unix epoch.</param>
    /// <param name="delay">What is asked for; nothing when false is returned.</param>
    /// <param name="problem">What is wrong; null when true is returned.</param>
    public static bool TryRead(ReadOnlySpan<byte> headers, long nowMs, out DelayHeaders delay, out string? problem)
    {
        delay = default;
        problem = null;
        if (!TryReadMs(headers, ExchangeDelay, out long exchangeDelayMs))
        {
            problem = "header 'x-delay' must be a whole number of milliseconds";
            return false;
        }

        if (!TryReadMs(headers, DeliveryDelay, out long delayMs))
        {
            problem = "header 'x-opt-delivery-delay' must be a whole number of milliseconds";
            return false;
        }

        if (!TryReadTime(headers, out long dueMs))
        {
            problem = "header 'x-opt-delivery-time' must be a time in milliseconds since 1970";
            return false;
        }

        delay = new DelayHeaders(Math.Max(DueAfter(delayMs, nowMs), dueMs > nowMs ? dueMs : 0), DueAfter(exchangeDelayMs, nowMs));
        return true;
    }

    /// <summary>Reads the number that a header holds.</summary>
    /// <param name="headers">The encoded table with its length in front, or empty.</param>
    /// <param name="name">The header's name, UTF-8.</param>
    /// <param name="value">The number; 0 when the header is not there.</param>
    /// <returns>False when it holds something else.</returns>
    internal static bool TryReadMs(ReadOnlySpan<byte> headers, ReadOnlySpan<byte> name, out long value)
    {
        value = 0;
        return !FieldTableCodec.TryFind(headers, name, out RawField field) || TryReadWhole(field.Type, field.Value, out value);
    }

    private static bool TryReadTime(ReadOnlySpan<byte> headers, out long timeMs)
    {
        if (!FieldTableCodec.TryFind(headers, DeliveryTime, out RawField field) || field.Type != 'T')
        {
            return TryReadMs(headers, DeliveryTime, out timeMs);
        }

        ulong seconds = BinaryPrimitives.ReadUInt64BigEndian(field.Value); // The protocol's own type for a time of day.
        timeMs = seconds > long.MaxValue / 1000 ? long.MaxValue : (long)seconds * 1000;
        return true;
    }

    private static long DueAfter(long delayMs, long nowMs) => delayMs <= 0 ? 0 : delayMs > long.MaxValue - nowMs ? long.MaxValue : nowMs + delayMs;

    private static bool TryReadWhole(byte type, ReadOnlySpan<byte> value, out long whole)
    {
        switch ((char)type)
        {
            case 'b':
                whole = (sbyte)value[0];
                return true;
            case 'B':
                whole = value[0];
                return true;
            case 's' or 'U':
                whole = BinaryPrimitives.ReadInt16BigEndian(value);
                return true;
            case 'u':
                whole = BinaryPrimitives.ReadUInt16BigEndian(value);
                return true;
            case 'I':
                whole = BinaryPrimitives.ReadInt32BigEndian(value);
                return true;
            case 'i':
                whole = BinaryPrimitives.ReadUInt32BigEndian(value);
                return true;
            case 'l' or 'L':
                whole = BinaryPrimitives.ReadInt64BigEndian(value);
                return true;
            case 'f':
                return TryCut(BinaryPrimitives.ReadSingleBigEndian(value), out whole);
            case 'd':
                return TryCut(BinaryPrimitives.ReadDoubleBigEndian(value), out whole);
            default:
                whole = 0;
                return type == 'S' && Utf8Parser.TryParse(value, out whole, out int consumed) && consumed == value.Length;
        }
    }

    private static bool TryCut(double value, out long whole)
    {
        whole = double.IsNaN(value) ? 0 : (long)value; // Saturates.
        return !double.IsNaN(value);
    }
}
