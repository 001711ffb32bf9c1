namespace Ropeway.Management.Samples;

/// <summary>What was sampled of one object: 10 minutes in steps of 5 s, an hour of 10 s, 8 hours of a minute, a day of 5 minutes. One thread at a time.</summary>
internal sealed class SampleSeries
{
    /// <summary>Seconds between two samples.</summary>
    public const int StepSeconds = 5;

    private static readonly (int StepSeconds, int Length)[] Shapes = [(StepSeconds, 120), (10, 360), (60, 480), (300, 288)];

    private readonly SampleRing[] _rings;
    private readonly uint[][] _gathering; // For each ring but the first: the row that is not full yet.
    private long _count;

    /// <summary>How far back the rings go, in seconds, from the finest to the coarsest.</summary>
    public static IReadOnlyList<int> SpansSeconds { get; } = [.. Shapes.Select(shape => shape.StepSeconds * shape.Length)];

    /// <summary>Makes an empty one.</summary>
    /// <param name="width">Columns: <see cref="SampleRow.QueueWidth"/> or <see cref="SampleRow.NodeWidth"/>.</param>
    public SampleSeries(int width)
    {
        _rings = [.. Shapes.Select(shape => new SampleRing(shape.StepSeconds, shape.Length, width))];
        _gathering = new uint[_rings.Length][];
        for (int i = 1; i < _rings.Length; i++)
        {
            _gathering[i] = new uint[width];
            SampleRow.Clear(_gathering[i]);
        }
    }

    /// <summary>Adds the row of the last step.</summary>
    public void Add(ReadOnlySpan<uint> row)
    {
        _count++;
        _rings[0].Add(row);
        for (int i = 1; i < _rings.Length; i++)
        {
            SampleRow.Merge(_gathering[i], row);
            if (_count % (_rings[i].StepSeconds / StepSeconds) == 0)
            {
                _rings[i].Add(_gathering[i]);
                SampleRow.Clear(_gathering[i]);
            }
        }
    }

    /// <summary>The finest ring that goes back so far and has steps of at least that length.</summary>
    /// <param name="ageSeconds">How far back.</param>
    /// <param name="stepSecondsMin">Shortest step.</param>
    public SampleRing Find(int ageSeconds, int stepSecondsMin = StepSeconds) =>
        Array.Find(_rings, ring => ring.SpanSeconds >= ageSeconds && ring.StepSeconds >= stepSecondsMin) ?? _rings[^1];

    /// <summary>How long ago the last full row of a ring ended, in seconds before the last sample.</summary>
    public int LagSeconds(SampleRing ring) => (int)(_count % (ring.StepSeconds / StepSeconds)) * StepSeconds;
}
