using System.Globalization;

namespace Ropeway.TestKit.Images;

/// <summary>
/// What clients were promised about one queue, and how long the disk journal was then: an image of a later moment must keep it. One
/// thread publishes, one consumes; it is read when both have ended.
/// </summary>
internal sealed class MarkedQueue(string name)
{
    private readonly List<long> _confirmed = [];
    private readonly List<long> _acked = [];
    private readonly List<long> _settled = [];

    public string Name { get; } = name;

    /// <summary>When its declaration was answered.</summary>
    public long DeclaredAt { get; set; } = long.MaxValue;

    /// <summary>Messages that were published, confirmed or not.</summary>
    public int PublishedCount { get; set; }

    public int SettledCount => _settled.Count;

    public int ConfirmedCount => _confirmed.Count;

    /// <summary>All messages below <paramref name="end"/> are confirmed.</summary>
    public void Confirm(int end, long now) => Extend(_confirmed, end, now);

    /// <summary>All messages below <paramref name="end"/> are about to be acknowledged.</summary>
    public void Acknowledge(int end, long now) => Extend(_acked, end, now);

    /// <summary>The acknowledgements of all messages below <paramref name="end"/> are settled.</summary>
    public void Settle(int end, long now) => Extend(_settled, end, now);

    /// <summary>What is wrong with its content after a cut; null when nothing is.</summary>
    /// <param name="sequences">The messages, in the order in which they came.</param>
    /// <param name="cut">Length of the journal at the cut.</param>
    public string? Check(IReadOnlyList<long> sequences, long cut)
    {
        int settled = CountUpTo(_settled, cut);
        int mustStart = CountUpTo(_acked, cut);
        int mustEnd = CountUpTo(_confirmed, cut);
        long expected = mustStart;
        long last = -1;
        foreach (long sequence in sequences)
        {
            if (sequence <= last || sequence >= PublishedCount)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{Name}: message {sequence} came after {last}, of {PublishedCount}");
            }

            if (sequence < settled)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{Name}: message {sequence} came back, all below {settled} are settled");
            }

            if (sequence > expected && expected < mustEnd)
            {
                break;
            }

            last = sequence;
            expected = Math.Max(expected, sequence + 1);
        }

        return expected < mustEnd ? string.Create(CultureInfo.InvariantCulture, $"{Name}: message {expected} is lost, all below {mustEnd} are confirmed") : null;
    }

    private static void Extend(List<long> marks, int end, long now)
    {
        while (marks.Count < end)
        {
            marks.Add(now);
        }
    }

    /// <summary>Marks never fall.</summary>
    private static int CountUpTo(List<long> marks, long cut)
    {
        int index = marks.BinarySearch(cut + 1);
        index = index < 0 ? ~index : index;
        while (index > 0 && marks[index - 1] > cut)
        {
            index--;
        }

        return index;
    }
}
