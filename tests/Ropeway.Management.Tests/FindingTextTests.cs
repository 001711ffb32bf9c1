using Ropeway.Core.Queues;
using Ropeway.Core.Resources;
using Ropeway.Management.Findings;

namespace Ropeway.Management.Tests;

/// <summary>The sentences of findings, word by word.</summary>
public sealed class FindingTextTests
{
    private static readonly QueueFacts Mail = new("mail.outgoing", Waiting: 48_201, Held: 50, InRate: 80, OutRate: 57);
    private static readonly ConsumerFacts Sender = new("10.0.0.7:40001 -> 10.0.0.1:5672", "sender", "tag-1", Prefetch: 50);

    [Fact]
    public void Growing_WithConsumersAtTheirLimit_SaysHowManyMoreWouldDo()
    {
        FindingText text = QueueTexts.Growing(Mail with { Consumers = [Sender] });

        Assert.Equal("mail.outgoing grows by 23/s: 80/s come in, 57/s go out.", text.Fact);
        Assert.Equal("Its 1 consumer holds 50 of 50 allowed and needs 877 ms each; 1 more of the same would keep up.", text.Cause);
        Assert.Equal("1 consumer at the limit of 50", text.Brief);
    }

    [Fact]
    public void Growing_WithALimit_SaysWhenItIsReached() => Assert.Equal(
        "Nobody consumes it. It reaches its limit of 50,000 in 1 min 18 s.",
        QueueTexts.Growing(Mail with { Settings = new EffectiveArguments { MaxLength = 50_000 } }).Cause);

    [Fact]
    public void Growing_WithASingleActiveConsumer_SaysSo() => Assert.Equal(
        "Only one of its 2 consumers gets messages (single active consumer).",
        QueueTexts.Growing(Mail with { Consumers = [Sender, Sender], Settings = new EffectiveArguments { IsSingleActiveConsumer = true } }).Cause);

    [Fact]
    public void Growing_WithConsumersThatHaveRoom_SaysThatTheyAreTooSlow() => Assert.Equal(
        "Its 2 consumers do not keep up.", QueueTexts.Growing(Mail with { Held = 10, Consumers = [Sender, Sender] }).Cause);

    [Fact]
    public void Growing_WithAConsumerThatDoesNotRead_NamesIt()
    {
        FindingText text = QueueTexts.Growing(Mail with { Consumers = [Sender with { BackloggedBytes = 1_100_000 }, Sender] });

        Assert.Equal("sender (10.0.0.7:40001 -> 10.0.0.1:5672) does not read what it is sent: 1.05 MiB wait for it.", text.Cause);
        Assert.Equal("sender does not read", text.Brief);
    }

    [Fact]
    public void Growing_WithConsumersThatDoNotRead_NamesThem() => Assert.Equal(
        "2 of its 3 consumers do not read what they are sent: a (1), b (2).",
        QueueTexts.Growing(Mail with { Consumers = [Named("a", "1") with { BackloggedBytes = 1 }, Named("b", "2") with { BackloggedBytes = 1 }, Sender] }).Cause);

    [Theory]
    [InlineData(200.0, "sender (10.0.0.7:40001 -> 10.0.0.1:5672) holds the 50 messages that it may and has settled none for 3 min 20 s.")]
    [InlineData(null, "sender (10.0.0.7:40001 -> 10.0.0.1:5672) holds the 50 messages that it may and has settled none so far.")]
    [InlineData(59.0, "Its 2 consumers do not keep up.")]
    public void Growing_WithAConsumerWithoutCredit_NamesIt(double? settledSeconds, string cause) => Assert.Equal(
        cause, QueueTexts.Growing(Mail with { Consumers = [Sender with { HeldAtLimit = 50, SettledSeconds = settledSeconds }, Sender] }).Cause);

    [Fact]
    public void Growing_WithConsumersWithoutCredit_NamesThem()
    {
        FindingText text = QueueTexts.Growing(Mail with { Consumers = [Named("a", "1") with { HeldAtLimit = 5 }, Named("b", "2") with { HeldAtLimit = 5 }] });

        Assert.Equal("2 of its 2 consumers hold all that they may and settle nothing: a (1), b (2).", text.Cause);
        Assert.Equal("2 consumers settle nothing", text.Brief);
    }

    [Fact]
    public void SlowSyncs_SaysWhatItDoesToConfirms()
    {
        FindingText text = NodeTexts.SlowSyncs(slowMs: 120, usualMs: 2.1, confirmMs: 240);

        Assert.Equal("1 in 100 syncs of the disk takes 120 ms or longer; half of them usually take 2 ms at most.", text.Fact);
        Assert.Equal("Every confirm of a durable message waits for a sync: 1 in 100 comes after 240 ms or later. Something else keeps the disk busy, or it is about to fail.", text.Cause);
    }

    [Fact]
    public void Stalled_WithSeveralConsumers_NamesThem() => Assert.Equal(
        "4 consumers share them: a (1), b (2) and 2 more.",
        QueueTexts.Stalled(Mail with { Consumers = [Named("a", "1"), Named("b", "2"), Named("c", "3"), Named("d", "4")] }).Cause);

    [Theory]
    [InlineData(Overflow.DropHead, null, "At the limit its oldest messages are dropped.")]
    [InlineData(Overflow.DropHead, "dead", "At the limit its oldest messages go to the exchange 'dead'.")]
    [InlineData(Overflow.RejectPublish, "dead", "At the limit new messages are refused.")]
    [InlineData(Overflow.RejectPublishDlx, "dead", "At the limit new messages are refused and go to the exchange 'dead'.")]
    public void NearLimit_SaysWhatHappensThen(Overflow overflow, string? exchange, string cause)
    {
        var settings = new EffectiveArguments { MaxLengthBytes = 1024 * 1024, Overflow = overflow, DeadLetterExchange = exchange };

        FindingText text = QueueTexts.NearLimit(Mail with { ReadyBytes = 900 * 1024, Settings = settings });

        Assert.Equal("mail.outgoing holds 900 KiB of the 1.00 MiB that it may.", text.Fact);
        Assert.Equal(cause, text.Cause);
    }

    [Fact]
    public void Slowed_InOneVirtualHost_NamesIt() => Assert.Equal(
        "Publishers of virtual host shop have to wait: too many messages.", NodeTexts.Slowed("shop", "too many messages", AdmissionCause.VirtualHost).Fact);

    [Fact]
    public void Unroutable_OfTheDefaultExchange_SaysThatTheQueueIsMissing() => Assert.StartsWith(
        "1 message that was published to the default exchange within five minutes led to no queue.", NodeTexts.Unroutable(string.Empty, 1).Fact, StringComparison.Ordinal);

    [Theory]
    [InlineData(-3.5, "The machine's clock was set back by 3.5 s.")]
    [InlineData(90, "The machine's clock was set forward by 1 min 30 s.")]
    public void Clock_SaysByHowMuch(double seconds, string fact) => Assert.Equal(fact, NodeTexts.Clock(seconds).Fact);

    [Theory]
    [InlineData(0.18, "180 ms")]
    [InlineData(1, "1 s")]
    [InlineData(9.96, "10 s")]
    [InlineData(59.7, "1 min")]
    [InlineData(372, "6 min 12 s")]
    [InlineData(3600, "1 h")]
    [InlineData(1_051_200, "12 d 4 h")]
    public void Duration_HasItsTwoLargestUnits(double seconds, string text) => Assert.Equal(text, Words.Duration(seconds));

    [Theory]
    [InlineData(0, "0 bytes")]
    [InlineData(1023, "1023 bytes")]
    [InlineData(1536, "1.50 KiB")]
    [InlineData(12_884_901_888, "12.0 GiB")]
    public void Bytes_HaveThreeDigits(long bytes, string text) => Assert.Equal(text, Words.Bytes(bytes));

    private static ConsumerFacts Named(string client, string connection) => Sender with { Client = client, Connection = connection };
}
