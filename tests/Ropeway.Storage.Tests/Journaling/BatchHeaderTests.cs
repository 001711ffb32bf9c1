using Ropeway.Storage.Journaling;

namespace Ropeway.Storage.Tests.Journaling;

public sealed class BatchHeaderTests
{
    // docs/storage-format.md, "Batch". Old stores must stay readable: never change these bytes.
    private const string Golden =
        "0F64B763" + // crc32c over the rest, seeded with position 0x1000
        "38000000" + // 56 bytes
        "01" + "05" + "01" + "03" + // messages, tag 5, external body, 3 pad bytes
        "01000000" + // 1 record
        "0807060504030201" + // index
        "1800000000000000" + // log id
        "FEFFFFFFFFFFFFFF" + // first offset -2
        "09000000" + // epoch
        "0200" + // shard
        "5257" + // magic
        "6162636465" + "000000"; // payload "abcde", padding

    private static readonly BatchHeader Header = new()
    {
        BatchBytes = 56,
        Type = BatchType.Messages,
        Tag = 5,
        Flags = BatchHeader.ExternalBody,
        PadBytes = 3,
        Count = 1,
        Index = 0x0102030405060708,
        LogId = 24,
        FirstOffset = -2,
        Epoch = 9,
        Shard = 2,
    };

    [Fact]
    public void Write_GoldenBytes_AreStable()
    {
        byte[] batch = [.. Enumerable.Repeat((byte)0xEE, 56)];
        Header.Write(batch);
        "abcde"u8.CopyTo(batch.AsSpan(BatchHeader.HeaderBytes));
        BatchHeader.Seal(batch, seed: 0x1000);

        Assert.Equal(Golden, Convert.ToHexString(batch));
        Assert.True(BatchHeader.TryValidate(batch, 0x1000, out BatchHeader read));
        Assert.Equal(Header, read);
        Assert.Equal(5, read.PayloadBytes);
    }

    [Fact]
    public void TryValidate_AnyChangedByteOrOtherPosition_IsInvalid()
    {
        byte[] batch = Convert.FromHexString(Golden);
        for (int i = 0; i < batch.Length; i++)
        {
            batch[i] ^= 0x40;
            Assert.False(BatchHeader.TryValidate(batch, 0x1000, out _), $"Byte {i}");
            batch[i] ^= 0x40;
        }

        Assert.False(BatchHeader.TryValidate(batch, 0x1008, out _));
        Assert.False(BatchHeader.TryValidate(batch, BatchHeader.SegmentSeed(1, 0x1000), out _));
        Assert.True(BatchHeader.TryValidate(batch, BatchHeader.SegmentSeed(0, 0x1000), out _));
    }

    [Fact]
    public void TryValidate_AnyPrefix_IsInvalid()
    {
        byte[] batch = Convert.FromHexString(Golden);
        for (int bytes = 0; bytes < batch.Length; bytes++)
        {
            Assert.False(BatchHeader.TryValidate(batch.AsSpan(0, bytes), 0x1000, out _));
        }
    }

    [Fact]
    public void Seal_Padding_CoversItsHeaderOnly()
    {
        var batch = new byte[4096];
        new BatchHeader { BatchBytes = 4096, Type = BatchType.Padding, Index = 3 }.Write(batch);
        BatchHeader.Seal(batch, 8192);
        batch[48] = 1;

        Assert.True(BatchHeader.TryValidate(batch.AsSpan(0, 48), 8192, out BatchHeader read));
        Assert.Equal(4096, read.BatchBytes);
        Assert.Equal(0, read.PayloadBytes);
    }
}
