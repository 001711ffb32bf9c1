using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Codec;

[Trait("clause", "AMQP091-4.2.2")]
public class ProtocolHeaderTests
{
    [Theory]
    [InlineData("414D5150 00 00 09 01", ProtocolHeaderKind.Amqp091)]            // 4.2.2
    [InlineData("414D5150 01 01 00 09", ProtocolHeaderKind.Amqp091)]            // 0-9, as RabbitMQ takes it
    [InlineData("414D5150 00 01 00 00", ProtocolHeaderKind.Amqp10)]             // AMQP 1.0 part 2.2
    [InlineData("414D5150 03 01 00 00", ProtocolHeaderKind.Amqp10Sasl)]         // AMQP 1.0 part 5.3.1
    [InlineData("414D5150 01 01 08 00", ProtocolHeaderKind.UnsupportedVersion)] // 0-8
    [InlineData("414D5150 00 00 09 02", ProtocolHeaderKind.UnsupportedVersion)]
    [InlineData("414D5150 02 01 00 00", ProtocolHeaderKind.UnsupportedVersion)] // AMQP 1.0 TLS
    [InlineData("474554202F204854", ProtocolHeaderKind.NotAmqp)]               // "GET / HT"
    [InlineData("16", ProtocolHeaderKind.NotAmqp)]                             // a TLS hello
    [InlineData("414D5151", ProtocolHeaderKind.NotAmqp)]
    [InlineData("", ProtocolHeaderKind.Incomplete)]
    [InlineData("414D", ProtocolHeaderKind.Incomplete)]
    [InlineData("414D5150 00 00 09", ProtocolHeaderKind.Incomplete)]
    [InlineData("414D5150 00 00 09 01 01 0000", ProtocolHeaderKind.Amqp091)]    // with the next bytes behind it
    public void Recognize_GoldenBytes_GivesKind(string hex, ProtocolHeaderKind expected)
        => Assert.Equal(expected, ProtocolHeader.Recognize(Hex.ToBytes(hex)));

    [Fact]
    public void Amqp091_IsTheAnswerToOtherVersions()
        => Assert.Equal("414D515000000901", Convert.ToHexString(ProtocolHeader.Amqp091));
}
