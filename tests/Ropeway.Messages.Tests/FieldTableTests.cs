using Ropeway.Messages;

namespace Ropeway.Messages.Tests;

public class FieldTableTests
{
    [Fact]
    public void Indexer_SetTwice_KeepsPlaceAndLastValue()
    {
        var table = new FieldTable { ["a"] = 1, ["b"] = 2 };

        table["a"] = "new";

        Assert.Equal("a b", string.Join(" ", table.Select(field => field.Key)));
        Assert.Equal("new", table["a"]);
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void Indexer_NameNotThere_Throws()
    {
        Assert.Throws<KeyNotFoundException>(() => new FieldTable()["a"]);
        Assert.False(new FieldTable().TryGet("a", out _));
    }

    [Fact]
    public void TryGet_NullValue_IsThere()
    {
        var table = new FieldTable { ["a"] = null };

        Assert.True(table.TryGet("a", out object? value));
        Assert.Null(value);
        Assert.True(table.Contains("a"));
    }

    [Fact]
    public void Add_NameThereAlready_IsRefused()
        => Assert.ThrowsAny<ArgumentException>(() => new FieldTable { { "a", 1 }, { "a", 2 } });

    [Fact]
    public void Remove_Field_IsGone()
    {
        var table = new FieldTable { ["a"] = 1, ["b"] = 2 };

        Assert.True(table.Remove("a"));
        Assert.False(table.Remove("a"));
        Assert.Equal(new FieldTable { ["b"] = 2 }, table);
    }

    [Fact]
    public void Indexer_UnsupportedType_IsRefused()
    {
        Assert.Throws<ArgumentException>(() => new FieldTable { ["a"] = new object() });
        Assert.Throws<ArgumentException>(() => new FieldTable { ["a"] = 1UL });
        Assert.Throws<ArgumentException>(() => new FieldArray([DateTimeOffset.UnixEpoch]));
    }

    [Fact]
    public void Indexer_AnySequence_BecomesAnArray()
    {
        var table = new FieldTable { ["a"] = new List<object?> { 1, "x", null } };

        Assert.Equal(new FieldArray([1, "x", null]), table["a"]);
    }

    [Fact]
    public void Indexer_NameOf256Bytes_IsRefused()
    {
        var table = new FieldTable { [new string('a', 255)] = 1, [new string('ä', 127)] = 2 };

        Assert.Throws<ArgumentException>(() => table[new string('a', 256)] = 1);
        Assert.Throws<ArgumentException>(() => table[new string('ä', 128)] = 1);
        Assert.Equal(2, table.Count);
    }

    [Fact]
    public void Equals_SameFieldsInOtherOrder_IsTrueWithSameHash()
    {
        FieldTable Make(params string[] names)
        {
            var table = new FieldTable();
            foreach (string name in names)
            {
                table[name] = name == "t" ? new FieldTable { ["x"] = new byte[] { 1, 2 } } : new FieldArray([name, 1.5, null]);
            }

            return table;
        }

        Assert.Equal(Make("t", "a"), Make("a", "t"));
        Assert.Equal(Make("t", "a").GetHashCode(), Make("a", "t").GetHashCode());
        Assert.NotEqual(Make("t", "a"), Make("t", "b"));
        Assert.NotEqual(Make("t", "a"), Make("t"));
    }

    [Fact]
    public void Equals_SameNumberOfOtherType_IsFalse()
    {
        Assert.NotEqual(new FieldTable { ["a"] = 1 }, new FieldTable { ["a"] = 1L });
        Assert.NotEqual(new FieldTable { ["a"] = "x" }, new FieldTable { ["a"] = "x"u8.ToArray() });
        Assert.NotEqual(new FieldTable { ["a"] = null }, new FieldTable { ["b"] = null });
        Assert.NotEqual(new FieldArray([1, 2]), new FieldArray([2, 1]));
    }

    [Fact]
    public void TypedGetters_OfEachType_ConvertIntegersOnly()
    {
        var table = new FieldTable
        {
            ["i8"] = (sbyte)-1,
            ["u8"] = (byte)1,
            ["i16"] = (short)-2,
            ["u16"] = (ushort)2,
            ["i32"] = -3,
            ["u32"] = 3u,
            ["i64"] = -4L,
            ["text"] = "5",
            ["flag"] = true,
            ["double"] = 6.0,
        };

        long[] integers = [.. new[] { "i8", "u8", "i16", "u16", "i32", "u32", "i64" }.Select(name => table.TryGetInteger(name, out long value) ? value : 99)];
        Assert.Equal([-1, 1, -2, 2, -3, 3, -4], integers);
        Assert.False(table.TryGetInteger("text", out _));
        Assert.False(table.TryGetInteger("double", out _));
        Assert.False(table.TryGetInteger("none", out _));
        Assert.True(table.TryGetString("text", out string? text));
        Assert.Equal("5", text);
        Assert.False(table.TryGetString("i32", out _));
        Assert.True(table.TryGetBoolean("flag", out bool flag) && flag);
        Assert.False(table.TryGetBoolean("i32", out _));
    }
}
