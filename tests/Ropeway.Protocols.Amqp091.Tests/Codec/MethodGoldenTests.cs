using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Codec;

/// <summary>Every method against bytes of another implementation, and against damage to these bytes.</summary>
[Trait("clause", "AMQP091-4.2.4")]
public class MethodGoldenTests
{
    [Theory]
    [MemberData(nameof(GoldenFrames.Rows), MemberType = typeof(GoldenFrames))]
    public void TryRead_GoldenFrame_IsUnderstoodWhole(MethodId id, string hex)
    {
        byte[] frame = Hex.ToBytes(hex);

        Assert.Equal(FrameReadStatus.Complete, FrameCodec.TryRead(frame, 4088, out FrameHeader header));
        Assert.Equal(frame.Length, header.FrameBytes);
        Assert.True(MethodFrame.TrySplit(Payload(frame), out MethodId read, out ReadOnlySpan<byte> arguments));
        Assert.Equal(id, read);
        byte[] rewritten = new byte[512];
        Assert.True(MethodProbe.TryRewrite(id, arguments, rewritten, header.Channel, out int writtenBytes));
        Assert.Equal(frame, rewritten.AsSpan(0, writtenBytes).ToArray());
    }

    [Theory]
    [MemberData(nameof(GoldenFrames.Rows), MemberType = typeof(GoldenFrames))]
    public void TryRead_EveryPrefixOfTheArguments_IsRefused(MethodId id, string hex)
    {
        byte[] frame = Hex.ToBytes(hex);
        byte[] rewritten = new byte[512];

        MethodFrame.TrySplit(Payload(frame), out _, out ReadOnlySpan<byte> arguments);
        for (int count = 0; count < arguments.Length; count++)
        {
            Assert.False(MethodProbe.TryRewrite(id, arguments[..count], rewritten, 1, out _));
        }
    }

    [Theory]
    [MemberData(nameof(GoldenFrames.Rows), MemberType = typeof(GoldenFrames))]
    public void TryRead_OneByteTooMany_IsRefused(MethodId id, string hex)
    {
        byte[] frame = Hex.ToBytes(hex);

        MethodFrame.TrySplit(Payload(frame), out _, out ReadOnlySpan<byte> arguments);
        byte[] longer = [.. arguments, 0];

        Assert.False(MethodProbe.TryRewrite(id, longer, new byte[512], 1, out _));
    }

    [Theory]
    [MemberData(nameof(GoldenFrames.Rows), MemberType = typeof(GoldenFrames))]
    public void TryRead_EverySingleByteChange_NeverThrows(MethodId id, string hex)
    {
        byte[] frame = Hex.ToBytes(hex);
        byte[] rewritten = new byte[512];
        MethodFrame.TrySplit(Payload(frame), out _, out ReadOnlySpan<byte> golden);
        byte[] arguments = golden.ToArray();
        int accepted = 0;
        for (int at = 0; at < arguments.Length; at++)
        {
            byte before = arguments[at];
            for (int value = 0; value < 256; value++)
            {
                arguments[at] = (byte)value;
                accepted += MethodProbe.TryRewrite(id, arguments, rewritten, 1, out _) ? 1 : 0;
            }

            arguments[at] = before;
        }

        Assert.True(accepted >= arguments.Length); // At least the unchanged value at every place.
    }

    [Theory]
    [MemberData(nameof(GoldenFrames.Rows), MemberType = typeof(GoldenFrames))]
    public void FrameCodec_EveryPrefixOfAFrame_IsIncomplete(MethodId id, string hex)
    {
        byte[] frame = Hex.ToBytes(hex);

        for (int count = 0; count < frame.Length; count++)
        {
            Assert.Equal(FrameReadStatus.Incomplete, FrameCodec.TryRead(frame.AsSpan(0, count), 4088, out _));
        }

        Assert.NotNull(id.NameOf());
    }

    [Fact]
    public void NameOf_EveryMethod_IsClassDotMethodAndUnique()
    {
        MethodId[] ids = [.. Enum.GetValues<MethodId>().Where(id => id != MethodId.None)];

        Assert.Equal(ids.Length, ids.Select(id => id.NameOf()).Distinct(StringComparer.Ordinal).Count());
        Assert.All(ids, id => Assert.Equal(id.ToString(), string.Concat(id.NameOf()!.Split('.', '-').Select(Capitalized))));
        Assert.Equal(ids.Length, GoldenFrames.All.Length);
        Assert.Null(((MethodId)0xDEAD_BEEF).NameOf());
    }

    private static string Capitalized(string word) => char.ToUpperInvariant(word[0]) + word[1..];

    private static ReadOnlySpan<byte> Payload(byte[] frame) => frame.AsSpan()[FrameCodec.HeaderBytes..^1];
}
