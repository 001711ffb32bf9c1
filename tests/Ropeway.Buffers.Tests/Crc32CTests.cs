using System.Buffers.Binary;
using System.Text;

namespace Ropeway.Buffers.Tests;

public sealed class Crc32CTests
{
    [Theory]
    [InlineData("", 0x00000000u)]
    [InlineData("123456789", 0xE3069283u)] // The check value of CRC-32C.
    [InlineData("The quick brown fox jumps over the lazy dog", 0x22620404u)]
    public void Compute_KnownText_GivesPublishedValue(string text, uint expected) =>
        Assert.Equal(expected, Crc32C.Compute(Encoding.ASCII.GetBytes(text)));

    [Fact]
    public void Compute_ThirtyTwoZeros_GivesValueOfRfc3720() => Assert.Equal(0x8A9136AAu, Crc32C.Compute(new byte[32]));

    [Fact]
    public void Compute_WithSeed_EqualsComputeOverSeedAndBytes()
    {
        byte[] joined = new byte[8 + 13];
        BinaryPrimitives.WriteUInt64LittleEndian(joined, 0x0102_0304_0506_0708);
        "hello, cable!"u8.CopyTo(joined.AsSpan(8));

        Assert.Equal(Crc32C.Compute(joined), Crc32C.Compute(0x0102_0304_0506_0708, "hello, cable!"u8));
    }
}
