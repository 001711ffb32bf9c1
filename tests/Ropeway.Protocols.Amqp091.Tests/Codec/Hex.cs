namespace Ropeway.Protocols.Amqp091.Tests.Codec;

/// <summary>Bytes written as hex with spaces, as specifications print them.</summary>
internal static class Hex
{
    public static byte[] ToBytes(string hex) => Convert.FromHexString(hex.Replace(" ", string.Empty, StringComparison.Ordinal));
}
