using Ropeway.Messages;
using Ropeway.Protocols.Amqp091.Codec;
using Ropeway.Tests;

namespace Ropeway.Protocols.Amqp091.Tests.Codec;

/// <summary>Damaged frames of valid sessions: no exception, no memory, and what is accepted is understood the same when written again.</summary>
public class CodecFuzzTests
{
    private const int FrameCount = 200_000;
    private const ulong Seed = 0x0901;
    private const int PayloadBytesMax = 4088;

    /// <summary>What one damaged frame of at most 1 KiB may allocate; only headers decoded to objects allocate at all.</summary>
    private const long AllocatedBytesMax = 16 * 1024;

    private static readonly byte[][] Frames = RecordSessions();

    private readonly byte[] _frame = new byte[1024];
    private readonly byte[] _first = new byte[8192];
    private readonly byte[] _second = new byte[8192];

    [Fact]
    public void Decode_MutatedFrames_NeverThrowsAndAllocatesLittle()
    {
        var numbers = new SeededNumbers(Seed);
        int acceptedCount = 0;
        int frameBytes = 0;
        bool isAccepted = false;
        Action decode = () => isAccepted = Decode(_frame.AsSpan(0, frameBytes));
        for (int i = 0; i < FrameCount; i++)
        {
            frameBytes = Mutate(ref numbers);
            long allocatedBytes;
            try
            {
                allocatedBytes = Allocations.LeastOf(decode, AllocatedBytesMax);
            }
            catch (Exception thrown)
            {
                throw new InvalidOperationException($"Case {i} of seed {Seed}: {Convert.ToHexString(_frame, 0, frameBytes)}", thrown);
            }

            acceptedCount += isAccepted ? 1 : 0;
            Assert.True(allocatedBytes <= AllocatedBytesMax, $"Case {i} of seed {Seed} allocated {allocatedBytes} bytes.");
        }

        Assert.InRange(acceptedCount, FrameCount / 20, FrameCount - (FrameCount / 20)); // Both outcomes are exercised.
    }

    private static byte[][] RecordSessions()
    {
        var frames = new List<byte[]>(GoldenFrames.All.Select(row => Hex.ToBytes(row.Hex))) { FrameCodec.Heartbeat.ToArray() };
        var properties = new BasicPropertyValues
        {
            ContentType = "application/json",
            Headers = new FieldTable { ["s"] = "text", ["n"] = 5L, ["t"] = new FieldTable { ["a"] = new FieldArray([1, null, "x"]) } },
            DeliveryMode = 2,
            MessageId = "m-1",
            Timestamp = new FieldTimestamp(1_700_000_000),
        };
        byte[] raw = properties.ToArray();
        var publish = new BasicPublish { Exchange = "orders"u8, RoutingKey = "eu.new"u8 };
        ContentLayout layout = ContentLayout.Of(publish, raw.Length, 300, 120);
        byte[] content = new byte[layout.TotalBytes];
        ContentFrames.Write(content, 1, layout, publish, raw, new byte[300]);
        for (int i = 0; i < 12; i++)
        {
            AddFrames(frames, content); // Often, because content headers have the most to damage.
        }

        return [.. frames];
    }

    private static void AddFrames(List<byte[]> frames, ReadOnlySpan<byte> unread)
    {
        while (FrameCodec.TryRead(unread, PayloadBytesMax, out FrameHeader header) == FrameReadStatus.Complete)
        {
            frames.Add(unread[..header.FrameBytes].ToArray());
            unread = unread[header.FrameBytes..];
        }
    }

    private int Mutate(ref SeededNumbers numbers)
    {
        byte[] source = Frames[numbers.Next(Frames.Length)];
        source.CopyTo(_frame, 0);
        int frameBytes = source.Length;
        for (int left = 1 + numbers.Next(4); left > 0; left--)
        {
            int at = numbers.Next(frameBytes);
            switch (numbers.Next(8))
            {
                case 0:
                    _frame[at] ^= (byte)(1 << numbers.Next(8));
                    break;
                case 1:
                    _frame[at] = (byte)numbers.Next(256);
                    break;
                case 2:
                    _frame[at] = numbers.Next(2) == 0 ? (byte)0 : (byte)0xFF;
                    break;
                case 3:
                    frameBytes = Math.Max(1, at); // Cut off.
                    break;
                case 4:
                    frameBytes += Duplicate(at, Math.Min(numbers.Next(32), frameBytes - at), frameBytes);
                    break;
                case 5:
                    frameBytes += Insert(at, (byte)numbers.Next(256), frameBytes);
                    break;
                default:
                    RepairLength(frameBytes); // So that the damage reaches the decoders behind the frame codec.
                    break;
            }
        }

        RepairLengthSometimes(ref numbers, frameBytes);
        return frameBytes;
    }

    private int Duplicate(int at, int count, int frameBytes)
    {
        if (frameBytes + count > _frame.Length)
        {
            return 0;
        }

        Array.Copy(_frame, at, _frame, at + count, frameBytes - at);
        return count;
    }

    private int Insert(int at, byte value, int frameBytes)
    {
        if (frameBytes == _frame.Length)
        {
            return 0;
        }

        Array.Copy(_frame, at, _frame, at + 1, frameBytes - at);
        _frame[at] = value;
        return 1;
    }

    private void RepairLengthSometimes(ref SeededNumbers numbers, int frameBytes)
    {
        if (numbers.Next(4) != 0)
        {
            RepairLength(frameBytes);
        }
    }

    private void RepairLength(int frameBytes)
    {
        if (frameBytes >= FrameCodec.OverheadBytes)
        {
            var header = new FrameHeader(_frame[0], 1, frameBytes - FrameCodec.OverheadBytes);
            FrameCodec.WriteHeader(_frame, header);
            _frame[frameBytes - 1] = FrameCodec.FrameEnd;
        }
    }

    private bool Decode(ReadOnlySpan<byte> unread)
    {
        if (FrameCodec.TryRead(unread, PayloadBytesMax, out FrameHeader header) != FrameReadStatus.Complete)
        {
            return false;
        }

        ReadOnlySpan<byte> payload = unread.Slice(FrameCodec.HeaderBytes, header.PayloadBytes);
        return header.Type switch
        {
            FrameType.Method => DecodeMethod(payload),
            FrameType.Header => DecodeContentHeader(payload),
            _ => false,
        };
    }

    private bool DecodeMethod(ReadOnlySpan<byte> payload)
    {
        if (!MethodFrame.TrySplit(payload, out MethodId id, out ReadOnlySpan<byte> arguments)
            || !MethodProbe.TryRewrite(id, arguments, _first, 1, out int firstBytes))
        {
            return false;
        }

        ReadOnlySpan<byte> again = _first.AsSpan(0, firstBytes)[(FrameCodec.HeaderBytes + MethodFrame.IdBytes)..^1];
        Assert.True(MethodProbe.TryRewrite(id, again, _second, 1, out int secondBytes));
        Assert.True(_first.AsSpan(0, firstBytes).SequenceEqual(_second.AsSpan(0, secondBytes)));
        return true;
    }

    private bool DecodeContentHeader(ReadOnlySpan<byte> payload)
    {
        if (!ContentHeader.TryRead(payload, out ContentHeader header) || !BasicProperties.TryRead(header.Properties, out BasicProperties properties))
        {
            return false;
        }

        if (properties.Has(BasicPropertyFlags.Headers))
        {
            Assert.True(FieldTableCodec.TryRead(properties.Headers, out FieldTable? headers, out int readBytes));
            Assert.Equal(properties.Headers.Length, readBytes);
            FieldTableCodec.Write(headers, _first);
        }

        properties.TryGetExpirationMs(out _);
        return properties.Raw.Length == header.Properties.Length;
    }
}
