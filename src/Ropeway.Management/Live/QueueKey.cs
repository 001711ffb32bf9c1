using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Ropeway.Management.Live;

/// <summary>A queue's place in a sorted list, by value and not by number: queues that come and go move no others.</summary>
/// <param name="Value">What the list is sorted by; 0 when it is sorted by name.</param>
/// <param name="Name">The queue's name.</param>
/// <param name="VirtualHost">Its virtual host.</param>
internal readonly record struct QueueKey(double Value, string Name, string VirtualHost)
{
    /// <summary>Writes it for a client that asks for what comes behind it.</summary>
    public string ToCursor() =>
        Base64Url.EncodeToString(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Value:R}\n{VirtualHost}\n{Name}")));

    /// <summary>Reads it.</summary>
    /// <returns>Null when it is malformed.</returns>
    public static QueueKey? FromCursor(string cursor)
    {
        if (!Base64Url.IsValid(cursor))
        {
            return null;
        }

        string[] parts = Encoding.UTF8.GetString(Base64Url.DecodeFromChars(cursor)).Split('\n', 3);
        return parts.Length == 3 && double.TryParse(parts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? new QueueKey(value, parts[2], parts[1]) : null;
    }

    /// <summary>Compares the places of two queues.</summary>
    /// <param name="other">The other.</param>
    /// <param name="order">By what the list is sorted.</param>
    /// <param name="isReversed">Whether high values, or late names, come first. Queues of the same value are in the order of their names.</param>
    public int CompareTo(QueueKey other, QueueOrder order, bool isReversed)
    {
        int sign = isReversed ? -1 : 1;
        int byValue = Value.CompareTo(other.Value) * sign;
        if (byValue != 0)
        {
            return byValue;
        }

        int byName = string.CompareOrdinal(Name, other.Name);
        byName = byName != 0 ? byName : string.CompareOrdinal(VirtualHost, other.VirtualHost);
        return order == QueueOrder.Name ? byName * sign : byName;
    }
}
