namespace Ropeway.Messages;

/// <summary>One field of an encoded table, found without decoding it. Stack only.</summary>
public readonly ref struct RawField
{
    internal RawField(int start, int end, byte type, ReadOnlySpan<byte> value)
    {
        Start = start;
        End = end;
        Type = type;
        Value = value;
    }

    /// <summary>Where the field begins in the table's bytes: at its name's length octet.</summary>
    public int Start { get; }

    /// <summary>Where it ends, exclusive.</summary>
    public int End { get; }

    /// <summary>The type octet of its value.</summary>
    public byte Type { get; }

    /// <summary>The value's bytes, without the length of strings, arrays and tables.</summary>
    public ReadOnlySpan<byte> Value { get; }
}
