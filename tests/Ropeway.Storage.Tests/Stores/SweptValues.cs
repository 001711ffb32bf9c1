namespace Ropeway.Storage.Tests.Stores;

/// <summary>What a crash sweep knows of one property of the records: for each the values in the order in which they took effect; 0 at first.</summary>
/// <param name="name">The property, for messages.</param>
internal sealed class SweptValues(string name)
{
    private readonly Dictionary<(ulong Log, long Offset), List<Value>> _values = [];

    /// <summary>A value took effect.</summary>
    /// <param name="record">Log and offset.</param>
    /// <param name="content">The value.</param>
    /// <param name="index">Promised when this is committed.</param>
    /// <param name="step">The step in which it took effect.</param>
    public void Note((ulong Log, long Offset) record, ulong content, ulong index, int step)
    {
        if (!_values.TryGetValue(record, out List<Value>? values))
        {
            values = _values[record] = [new Value(0, 0, 0)];
        }

        values.Add(new Value(content, index, step));
    }

    /// <summary>How often a value took effect.</summary>
    public int CountOf((ulong Log, long Offset) record) => _values.TryGetValue(record, out List<Value>? values) ? values.Count - 1 : 0;

    /// <summary>The value that took effect last.</summary>
    public ulong LastOf((ulong Log, long Offset) record) => _values.TryGetValue(record, out List<Value>? values) ? values[^1].Content : 0;

    /// <summary>Tests the value of a record in an image.</summary>
    /// <param name="record">Log and offset; it is in the image.</param>
    /// <param name="actual">Its value there.</param>
    /// <param name="image">What had been promised.</param>
    public void Check((ulong Log, long Offset) record, ulong actual, CrashImage image)
    {
        if (!_values.TryGetValue(record, out List<Value>? values))
        {
            Assert.Equal(0u, actual);
            return;
        }

        int promised = values.FindLastIndex(value => value.Index <= image.CommittedIndex);
        bool isRight = values.Skip(promised).Any(value => value.Content == actual && value.Step <= image.Step);
        Assert.True(isRight, $"{name} of offset {record.Offset} of log {record.Log} is {actual}, not {string.Join(" or ", values.Skip(promised))}.");
    }

    private readonly record struct Value(ulong Content, ulong Index, int Step);
}
