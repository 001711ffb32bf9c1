namespace Ropeway.Storage.Tests.Stores;

/// <summary>What a crash sweep knows of the marks: for each record the values in the order in which they took effect.</summary>
internal sealed class SweptMarks
{
    private readonly Dictionary<(ulong Log, long Offset), List<Value>> _values = [];

    /// <summary>A value took effect.</summary>
    /// <param name="record">Log and offset.</param>
    /// <param name="mark">The value.</param>
    /// <param name="index">Promised when this is committed.</param>
    /// <param name="step">The step in which it took effect.</param>
    public void Note((ulong Log, long Offset) record, ulong mark, ulong index, int step)
    {
        if (!_values.TryGetValue(record, out List<Value>? values))
        {
            values = _values[record] = [new Value(0, 0, 0)];
        }

        values.Add(new Value(mark, index, step));
    }

    /// <summary>Tests the marks of one log in an image.</summary>
    /// <param name="log">The recovered log.</param>
    /// <param name="found">Its unsettled offsets.</param>
    /// <param name="image">What had been promised.</param>
    public void Check(StoredLog log, HashSet<long> found, CrashImage image)
    {
        Assert.All(log.Marks, mark => Assert.Contains(mark.Offset, found));
        Assert.Equal(log.MarkCount, log.Marks.Count());
        foreach (long offset in found)
        {
            log.TryGetMark(offset, out ulong mark);
            if (!_values.TryGetValue((log.Id, offset), out List<Value>? values))
            {
                Assert.Equal(0u, mark);
                continue;
            }

            int promised = values.FindLastIndex(value => value.Index <= image.CommittedIndex);
            bool isRight = values.Skip(promised).Any(value => value.Mark == mark && value.Step <= image.Step);
            Assert.True(isRight, $"Offset {offset} of log {log.Id} has mark {mark}, not {string.Join(" or ", values.Skip(promised))}.");
        }
    }

    private readonly record struct Value(ulong Mark, ulong Index, int Step);
}
