using Ropeway.Buffers;
using Ropeway.Storage.Journaling;

namespace Ropeway.Storage.Tests.Journaling;

public sealed class TailSpaceTests
{
    private const int BlockBytes = 4096;

    [Fact]
    public void Reserve_EverySize_NeverStraddlesABlockAndKeepsItsBytes()
    {
        using TailSpace tail = Make();
        var filled = new List<(TailReservation Reservation, byte Fill)>();
        for (int bytes = 0; bytes <= tail.PayloadBytesMax; bytes += 13)
        {
            TailReservation reservation = tail.Reserve(new BatchRequest { Type = BatchType.Messages, PayloadBytes = bytes });
            reservation.Payload.Fill((byte)bytes);
            tail.Filled(reservation);
            filled.Add((reservation, (byte)bytes));
            Assert.Equal(bytes, reservation.Payload.Length);
            Assert.Equal(0, reservation.Position % 8);
            Assert.Equal(reservation.Position / BlockBytes, (reservation.Position + BatchHeader.BatchBytesFor(bytes) - 1) / BlockBytes);
        }

        foreach ((TailReservation reservation, byte fill) in filled)
        {
            Assert.True(tail.TryPin(reservation.Position, out NativeBlock? block, out int offset));
            Assert.True(BatchHeader.TryRead(block.Span[offset..], out BatchHeader header));
            Assert.Equal(reservation.PayloadBytes, header.PayloadBytes);
            Assert.Equal(-1, block.Span.Slice(offset + BatchHeader.HeaderBytes, header.PayloadBytes).IndexOfAnyExcept(fill));
            block.Release();
        }
    }

    [Fact]
    public void Reserve_MoreThanABlockHolds_IsRefused()
    {
        using TailSpace tail = Make();
        Assert.Throws<ArgumentOutOfRangeException>(() => tail.Reserve(new BatchRequest { Type = BatchType.Messages, PayloadBytes = tail.PayloadBytesMax + 1 }));
    }

    [Fact]
    public void Drop_BlockThatIsPinnedOrBeingFilled_StaysReadableForThoseWhoHoldIt()
    {
        using TailSpace tail = Make();
        TailReservation first = Append(tail, 1);
        Assert.True(tail.TryPin(first.Position, out NativeBlock? pinned, out int offset));
        TailReservation filling = tail.Reserve(new BatchRequest { Type = BatchType.Messages, PayloadBytes = 8 });
        while (tail.NextPosition <= 2 * BlockBytes)
        {
            Append(tail, 2);
        }

        tail.Drop(2 * BlockBytes);

        Assert.False(tail.TryPin(first.Position, out _, out _));
        Assert.Equal(2 * BlockBytes, tail.StartPosition);
        filling.Payload.Fill(9);
        tail.Filled(filling);
        Assert.Equal(1, pinned.Span[offset + BatchHeader.HeaderBytes]);
        pinned.Release();
    }

    [Fact]
    public void Drop_Everything_GoesOnAtTheSamePosition()
    {
        using TailSpace tail = Make();
        while (tail.NextPosition < BlockBytes)
        {
            Append(tail, 3, payloadBytes: 16);
        }

        tail.Drop(long.MaxValue);
        long next = tail.NextPosition;
        TailReservation reservation = Append(tail, 4);

        Assert.Equal(next, reservation.Position);
        Assert.True(tail.TryPin(next, out NativeBlock? block, out _));
        block.Release();
    }

    [Fact]
    public void IsOverBudget_OneBlockMoreThanAllowed_SaysSoAndSignals()
    {
        int added = 0;
        using TailSpace tail = Make(budgetBytes: 2 * BlockBytes, onBlockAdded: () => added++);
        while (!tail.IsOverBudget)
        {
            Append(tail, 5);
        }

        Assert.Equal(3, added);
        Assert.Equal(3 * BlockBytes, tail.MemoryBytes);
        tail.Drop(BlockBytes);
        Assert.False(tail.IsOverBudget);
    }

    private static TailSpace Make(int budgetBytes = 1 << 20, Action? onBlockAdded = null) => new(new TailOptions
    {
        Blocks = new NativeBlockPool(BlockBytes, keptCountMax: 2),
        BudgetBytes = budgetBytes,
        OnBlockAdded = onBlockAdded,
    });

    private static TailReservation Append(TailSpace tail, byte fill, int payloadBytes = 400)
    {
        TailReservation reservation = tail.Reserve(new BatchRequest { Type = BatchType.Messages, PayloadBytes = payloadBytes });
        reservation.Payload.Fill(fill);
        tail.Filled(reservation);
        return reservation;
    }
}
