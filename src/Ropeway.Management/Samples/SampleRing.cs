namespace Ropeway.Management.Samples;

/// <summary>The last rows of samples of one length. Grows to its capacity, then the oldest row goes for each that comes. One thread at a time.</summary>
/// <param name="stepSeconds">How long a row is.</param>
/// <param name="capacity">Most rows.</param>
/// <param name="width">Columns of a row.</param>
internal sealed class SampleRing(int stepSeconds, int capacity, int width)
{
    private const int FirstRowCount = 8;

    private uint[] _values = [];
    private int _start; // The oldest row.

    /// <summary>How long a row is, in seconds.</summary>
    public int StepSeconds => stepSeconds;

    /// <summary>How far back the ring goes when it is full, in seconds.</summary>
    public int SpanSeconds => stepSeconds * capacity;

    /// <summary>Rows there are.</summary>
    public int Count { get; private set; }

    private int RowCapacity => _values.Length / width;

    /// <summary>A row, the oldest one at 0.</summary>
    public ReadOnlySpan<uint> this[int index] => RowAt(index);

    /// <summary>Adds a row.</summary>
    public void Add(ReadOnlySpan<uint> row)
    {
        if (Count == RowCapacity && Count < capacity)
        {
            Grow();
        }

        if (Count == capacity)
        {
            _start = (_start + 1) % capacity;
            Count--;
        }

        row.CopyTo(RowAt(Count++));
    }

    private Span<uint> RowAt(int index) => _values.AsSpan((_start + index) % RowCapacity * width, width);

    private void Grow()
    {
        int rows = Math.Min(Math.Max(FirstRowCount, 2 * RowCapacity), capacity);
        Array.Resize(ref _values, rows * width); // Not full before: the oldest row is the first.
    }
}
