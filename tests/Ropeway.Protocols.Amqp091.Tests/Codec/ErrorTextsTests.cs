using System.Text;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Protocols.Amqp091.Tests.Codec;

/// <summary>Texts that clients and their users match on: word for word.</summary>
[Trait("clause", "AMQP091-4.8.2")]
public class ErrorTextsTests
{
    private static readonly string Queue = ErrorTexts.Queue("q", "/");

    [Fact]
    public void Texts_OfChannelErrors_AreRabbitMqs()
    {
        AssertText("NOT_FOUND - no queue 'q' in vhost '/'", 404, ErrorTexts.NotFound(Queue));
        AssertText("NOT_FOUND - no exchange 'x' in vhost '/'", 404, ErrorTexts.NotFound(ErrorTexts.Exchange("x", "/")));
        AssertText("PRECONDITION_FAILED - unknown delivery tag 5", 406, ErrorTexts.UnknownDeliveryTag(5));
        AssertText("ACCESS_REFUSED - access to queue 'q' in vhost '/' refused for user 'u'", 403, ErrorTexts.AccessRefused(Queue, "u"));
        AssertText("ACCESS_REFUSED - queue 'q' in vhost '/' in exclusive use", 403, ErrorTexts.ExclusiveUse(Queue));
    }

    [Fact]
    public void Texts_OfConnectionErrors_AreRabbitMqs()
    {
        AssertText("CHANNEL_ERROR - expected 'channel.open'", 504, ErrorTexts.ExpectedChannelOpen);
        AssertText("CHANNEL_ERROR - second 'channel.open' seen", 504, ErrorTexts.SecondChannelOpen);
        AssertText("NOT_ALLOWED - vhost x not found", 530, ErrorTexts.VirtualHostNotFound("x"));
        AssertText("NOT_ALLOWED - attempt to reuse consumer tag 'c'", 530, ErrorTexts.ConsumerTagReuse("c"));
        AssertText("NOT_IMPLEMENTED - prefetch_size!=0 (5)", 540, ErrorTexts.PrefetchBytes(5));
        AssertText(
            "UNEXPECTED_FRAME - expected content header for class 60, got non content header frame instead",
            505,
            ErrorTexts.ExpectedContentHeader(60));
        AssertText(
            "ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN. For details see the broker logfile.",
            403,
            ErrorTexts.LoginRefused("PLAIN"));
        AssertText(
            "NOT_ALLOWED - negotiated frame_max = 100 is lower than the minimum allowed value (4096)",
            530,
            ErrorTexts.TunedTooLow("frame_max", 100, 4096));
        AssertText(
            "NOT_ALLOWED - negotiated channel_max = 0 (no limit) is higher than the maximum allowed value (2047)",
            530,
            ErrorTexts.TunedTooHigh("channel_max", 0, 2047));
    }

    [Fact]
    public void MalformedFrame_TooLargeOrBadEnd_SaysWhich()
    {
        AssertText(
            "FRAME_ERROR - type 1, all octets = <<>>: {frame_too_large,5000,4088}",
            501,
            ErrorTexts.MalformedFrame(Hex.ToBytes("01 0000 00001388"), 4088));
        AssertText(
            "FRAME_ERROR - type 3, all octets = <<1,2>>: {invalid_frame_end_marker,205}",
            501,
            ErrorTexts.MalformedFrame(Hex.ToBytes("03 0001 00000002 0102 CD"), 4088));
    }

    [Fact]
    public void CannotDecode_LoginMethod_ShowsNoSecret()
    {
        ProtocolError login = ErrorTexts.CannotDecode(MethodId.ConnectionStartOk, "secret"u8);
        ProtocolError other = ErrorTexts.CannotDecode(MethodId.BasicAck, [1, 2]);

        AssertText("FRAME_ERROR - cannot decode arguments of connection.start-ok", 501, login);
        AssertText("FRAME_ERROR - cannot decode <<1,2>>", 501, other);
        Assert.Equal(MethodId.BasicAck, other.Method);
    }

    [Theory]
    [InlineData("abc", "no_integer")]
    [InlineData("", "no_integer")]
    [InlineData("5s", "{leftover_string,\"s\"}")]
    [InlineData("-5", "{value_negative,-5}")]
    [InlineData("400000000000", "{value_too_large,400000000000}")]
    public void InvalidExpiration_Texts_SayWhatIsWrong(string expiration, string fault)
        => AssertText($"PRECONDITION_FAILED - invalid expiration '{expiration}': {fault}", 406, ErrorTexts.InvalidExpiration(expiration));

    [Fact]
    public void GetReplyText_LongerThanAShortString_IsCutBetweenCharacters()
    {
        byte[] fits = new ProtocolError(ReplyCode.NotFound, new string('a', 255)).GetReplyText();
        byte[] ascii = new ProtocolError(ReplyCode.NotFound, new string('a', 256)).GetReplyText();
        byte[] umlauts = new ProtocolError(ReplyCode.NotFound, "a" + new string('ä', 200)).GetReplyText();

        Assert.Equal(new string('a', 255), Encoding.UTF8.GetString(fits));
        Assert.Equal(new string('a', 252) + "...", Encoding.UTF8.GetString(ascii));
        Assert.Equal("a" + new string('ä', 125) + "...", Encoding.UTF8.GetString(umlauts));
    }

    [Theory]
    [InlineData(ReplyCode.NotFound, "NOT_FOUND", false)]
    [InlineData(ReplyCode.AccessRefused, "ACCESS_REFUSED", false)]
    [InlineData(ReplyCode.ResourceLocked, "RESOURCE_LOCKED", false)]
    [InlineData(ReplyCode.PreconditionFailed, "PRECONDITION_FAILED", false)]
    [InlineData(ReplyCode.ContentTooLarge, "CONTENT_TOO_LARGE", false)]
    [InlineData(ReplyCode.ConnectionForced, "CONNECTION_FORCED", true)]
    [InlineData(ReplyCode.InvalidPath, "INVALID_PATH", true)]
    [InlineData(ReplyCode.FrameError, "FRAME_ERROR", true)]
    [InlineData(ReplyCode.SyntaxError, "SYNTAX_ERROR", true)]
    [InlineData(ReplyCode.CommandInvalid, "COMMAND_INVALID", true)]
    [InlineData(ReplyCode.ChannelError, "CHANNEL_ERROR", true)]
    [InlineData(ReplyCode.UnexpectedFrame, "UNEXPECTED_FRAME", true)]
    [InlineData(ReplyCode.ResourceError, "RESOURCE_ERROR", true)]
    [InlineData(ReplyCode.NotAllowed, "NOT_ALLOWED", true)]
    [InlineData(ReplyCode.NotImplemented, "NOT_IMPLEMENTED", true)]
    [InlineData(ReplyCode.InternalError, "INTERNAL_ERROR", true)]
    public void ReplyCode_NameAndReach_AreTheSpecifications(ReplyCode code, string name, bool closesConnection)
    {
        Assert.Equal(name, code.NameOf());
        Assert.Equal(closesConnection, code.ClosesConnection());
    }

    private static void AssertText(string expected, int code, ProtocolError error)
    {
        Assert.Equal(expected, error.Text);
        Assert.Equal(code, (int)error.Code);
    }
}
