using Ropeway.Core.Streams;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Streams;

public sealed class ChunkIndexTests
{
    private readonly ChunkIndex _chunks = new();

    [Fact]
    public void Add_ChunkIsFull_BeginsAnother()
    {
        _chunks.ChunkBytes = 1000;
        _chunks.Add(0, 600, 10);
        _chunks.Add(6, 600, 11);
        _chunks.Add(12, 1, 12);

        Assert.Equal([new StreamChunk(0, 1200, 11), new StreamChunk(12, 1, 12)], All());
        Assert.Equal(1201, _chunks.TotalBytes);
    }

    [Fact]
    public void Add_ChunkIsOld_BeginsAnother()
    {
        _chunks.ChunkMs = 100;
        _chunks.Add(0, 1, 1000);
        _chunks.Add(1, 1, 1099);
        _chunks.Add(2, 1, 1100);

        Assert.Equal([new StreamChunk(0, 2, 1099), new StreamChunk(2, 1, 1100)], All());
    }

    [Fact]
    public void Add_AfterRecovery_BeginsAnother()
    {
        _chunks.Recover(new LogExtent(0, 5, 700_000));
        _chunks.Recover(new LogExtent(5, 9, 300_000));
        _chunks.Recover(new LogExtent(9, 12, 100_000));
        _chunks.Add(12, 1, 5);

        Assert.Equal(
            [
                new StreamChunk(0, 1_000_000, StreamChunk.UnknownMs),
                new StreamChunk(9, 100_000, StreamChunk.UnknownMs),
                new StreamChunk(12, 1, 5),
            ],
            All());
    }

    [Fact]
    public void DropFirst_All_LeavesNothing()
    {
        _chunks.Add(0, 5, 1);
        _chunks.DropFirst();

        Assert.Equal(0, _chunks.Count);
        Assert.Equal(0, _chunks.TotalBytes);
        _chunks.Add(1, 7, 2);
        Assert.Equal([new StreamChunk(1, 7, 2)], All());
    }

    [Fact]
    public void Add_MoreChunksThanItKeeps_JoinsThemInPairs()
    {
        _chunks.ChunkBytes = 1;
        for (int i = 0; i < ChunkIndex.ChunkCountMax + 1; i++)
        {
            _chunks.Add(i, 1, i);
        }

        Assert.Equal((ChunkIndex.ChunkCountMax / 2) + 1, _chunks.Count);
        Assert.Equal(ChunkIndex.ChunkCountMax + 1, _chunks.TotalBytes);
        Assert.Equal(new StreamChunk(0, 2, 1), _chunks[0]);
        Assert.Equal(new StreamChunk(ChunkIndex.ChunkCountMax - 2, 2, ChunkIndex.ChunkCountMax - 1), _chunks[(ChunkIndex.ChunkCountMax / 2) - 1]);
        Assert.Equal(2, _chunks.ChunkBytes);
    }

    private StreamChunk[] All() => [.. Enumerable.Range(0, _chunks.Count).Select(i => _chunks[i])];
}
