namespace Ropeway.Buffers.Tests;

public sealed class NativeBlockTests
{
    [Fact]
    public void Release_LastReference_ReturnsBlockToItsPool()
    {
        var pool = new NativeBlockPool(blockBytes: 4096, keptCountMax: 1);
        NativeBlock first = pool.Rent();
        first.AddReference();
        first.Release();
        NativeBlock second = pool.Rent();
        Assert.NotSame(first, second);

        first.Release();
        Assert.Same(first, pool.Rent());
        second.Release();
    }

    [Fact]
    public void Dispose_OfPool_KeepsNothingForReuse()
    {
        var pool = new NativeBlockPool(blockBytes: 4096, keptCountMax: 2);
        NativeBlock kept = pool.Rent();
        NativeBlock used = pool.Rent();
        kept.Release();

        pool.Dispose();
        used.Release();

        NativeBlock next = pool.Rent();
        Assert.NotSame(kept, next);
        Assert.NotSame(used, next);
    }

    [Fact]
    public void TryAddReference_AfterLastRelease_IsRefused()
    {
        var pool = new NativeBlockPool(blockBytes: 4096, keptCountMax: 1);
        NativeBlock block = pool.Rent();
        Assert.True(block.TryAddReference());
        block.Release();
        block.Release();

        Assert.False(block.TryAddReference());
    }

    [Fact]
    public void Memory_OfBlock_SeesWhatTheSpanWrote()
    {
        NativeBlock block = NativeBlock.Allocate(10);
        block.Span[9] = 42;

        Assert.Equal(42, block.Memory.Span[9]);
        Assert.Equal(10, block.Memory.Length);
        block.Release();
    }
}
