using FsCheck;
using FsCheck.Fluent;
using Ropeway.Buffers;

namespace Ropeway.Transport.Tests;

public sealed class OutboxProperties
{
    /// <summary>Each number is an operation: what it does and with how many bytes.</summary>
    [Fact]
    public void Outbox_AnyOperations_GivesAllBytesInOrder() =>
        Prop.ForAll<int[]>(operations => Replay(operations)).QuickCheckThrowOnFailure();

    private static bool Replay(int[] operations)
    {
        var target = new RecordingTarget();
        var outbox = new Outbox(target);
        NativeBlock block = NativeBlock.Allocate(5000);
        ConnectionTests.Pattern(5000, 1).CopyTo(block.Span);
        var written = new List<byte>();
        var sent = new List<byte>();
        foreach (int operation in operations)
        {
            int bytes = Math.Abs(operation % 3000) + 1;
            switch (Math.Abs(operation) % 4)
            {
                case 0:
                    Write(outbox, written, bytes * (operation < 0 ? 25 : 1));
                    break;
                case 1:
                    Append(outbox, written, block, bytes);
                    break;
                case 2:
                    outbox.Flush();
                    break;
                default:
                    SendSome(outbox, target, sent, bytes * 10);
                    break;
            }

            Assert.Equal(written.Count - sent.Count, outbox.PendingBytes);
        }

        outbox.Flush();
        while (target.IsSending)
        {
            SendSome(outbox, target, sent, int.MaxValue);
        }

        block.Release();
        return written.SequenceEqual(sent) && !block.TryAddReference();
    }

    private static void Write(Outbox outbox, List<byte> written, int bytes)
    {
        byte[] pattern = ConnectionTests.Pattern(bytes, written.Count);
        lock (outbox.Gate)
        {
            pattern.CopyTo(outbox.GetSpan(bytes));
            outbox.Advance(bytes);
        }

        written.AddRange(pattern);
    }

    private static void Append(Outbox outbox, List<byte> written, NativeBlock block, int bytes)
    {
        lock (outbox.Gate)
        {
            outbox.AppendBlock(block, bytes / 2, bytes);
        }

        written.AddRange(block.Span.Slice(bytes / 2, bytes));
    }

    private static void SendSome(Outbox outbox, RecordingTarget target, List<byte> sent, int bytesMax)
    {
        if (!target.IsSending)
        {
            return;
        }

        var pieces = new OutboxPiece[3];
        int count = outbox.TakeForSending(pieces);
        target.IsSending = count > 0;
        int bytes = 0;
        foreach (OutboxPiece piece in pieces.AsSpan(0, count))
        {
            int part = Math.Min(piece.Bytes, bytesMax - bytes);
            sent.AddRange(piece.Block.Span.Slice(piece.Start, part));
            bytes += part;
        }

        if (bytes > 0)
        {
            outbox.Sent(bytes);
        }
    }
}
