using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Codec;

public sealed class HeaderSpliceTests
{
    public static TheoryData<string, FieldTable?> Headers() => new()
    {
        { "none", null },
        { "empty", [] },
        { "others", new FieldTable { { "a", "text" }, { "b", new FieldTable { { "x-delivery-count", "inner" } } } } },
        { "only the same", new FieldTable { { "x-delivery-count", 1 } } },
        { "the same first", new FieldTable { { "x-delivery-count", "of another type" }, { "a", 5L } } },
        { "the same last", new FieldTable { { "a", true }, { "x-delivery-count", new FieldTable { { "deep", 1 } } } } },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public void Set_AnyHeaders_SetsOneAndKeepsTheRest(string what, FieldTable? headers)
    {
        Assert.NotEmpty(what);
        foreach (BasicPropertyValues values in (BasicPropertyValues[])[
            new() { Headers = headers },
            new() { ContentType = "text/plain", ContentEncoding = "gzip", Headers = headers, DeliveryMode = 2, CorrelationId = "c", Timestamp = new FieldTimestamp(5), AppId = "app" },
        ])
        {
            var expected = new FieldTable();
            foreach (KeyValuePair<string, object?> field in headers ?? [])
            {
                if (field.Key != "x-delivery-count")
                {
                    expected.Add(field.Key, field.Value);
                }
            }

            expected.Add("x-delivery-count", 3L);
            expected.Add("x-stream-offset", long.MaxValue);

            Assert.True(BasicProperties.TryRead(Splice(values.ToArray()), out BasicProperties spliced));
            Assert.Equal((values with { Headers = expected }).ToArray(), spliced.Raw.ToArray());
        }
    }

    [Fact]
    public void Set_Twice_KeepsTheLastValueOnly()
    {
        Span<byte> buffer = stackalloc byte[200];
        var splice = new HeaderSplice(buffer, BasicProperties.None);
        splice.Set("n"u8, 1);
        splice.Set("n"u8, -2);

        Assert.Equal(new BasicPropertyValues { Headers = new FieldTable { { "n", -2L } } }.ToArray(), splice.Written.ToArray());
    }

    [Fact]
    public void Set_AllocatesNothing()
    {
        byte[] raw = new BasicPropertyValues { ContentType = "text/plain", Headers = new FieldTable { { "a", "b" }, { "x-delivery-count", 1L } } }.ToArray();
        Span<byte> buffer = stackalloc byte[200];
        Set(buffer, raw, value: 0);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10_000; i++)
        {
            Set(buffer, raw, i);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static void Set(Span<byte> buffer, byte[] raw, long value)
    {
        var splice = new HeaderSplice(buffer, raw);
        splice.Set("x-delivery-count"u8, value);
    }

    /// <summary>In a buffer of exactly the promised length.</summary>
    private static byte[] Splice(byte[] raw)
    {
        byte[] buffer = new byte[raw.Length + HeaderSplice.TableBytes + HeaderSplice.GetFieldBytes("x-delivery-count"u8) + HeaderSplice.GetFieldBytes("x-stream-offset"u8)];
        var splice = new HeaderSplice(buffer, raw);
        splice.Set("x-delivery-count"u8, 3);
        splice.Set("x-stream-offset"u8, long.MaxValue);
        return splice.Written.ToArray();
    }
}
