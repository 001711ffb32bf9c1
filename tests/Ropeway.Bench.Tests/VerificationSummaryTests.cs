using Ropeway.Server.Bench;

namespace Ropeway.Bench.Tests;

public class VerificationSummaryTests
{
    private static readonly AmqpBenchOptions Options = new() { Target = new AmqpTarget("", 0, "", "", ""), QueueCount = 2, ConsumerCount = 2 };

    [Fact]
    public void OfRun_EveryMessageInItsQueue_IsPerfect()
    {
        DeliveryVerifier[] consumers = [VerifierOf((0, 3)), VerifierOf((1, 5))];

        VerificationSummary summary = VerificationSummary.OfRun(Options, consumers, [3, 5]);

        Assert.True(summary.IsPerfect);
        Assert.Equal(8, summary.CheckedCount);
    }

    [Fact]
    public void OfRun_ProducerWhoseMessagesAllVanished_IsMissing()
    {
        VerificationSummary summary = VerificationSummary.OfRun(Options, [VerifierOf((0, 3)), VerifierOf()], [3, 5]);

        Assert.Equal(5, summary.MissingCount);
        Assert.False(summary.IsPerfect);
    }

    [Fact]
    public void OfRun_Fanout_WantsEveryMessageInEveryQueue()
    {
        AmqpBenchOptions fanout = Options with { Routing = RoutingKind.Fanout };

        Assert.True(VerificationSummary.OfRun(fanout, [VerifierOf((0, 3)), VerifierOf((0, 3))], [3]).IsPerfect);
        Assert.Equal(1, VerificationSummary.OfRun(fanout, [VerifierOf((0, 3)), VerifierOf((0, 2))], [3]).MissingCount);
    }

    [Fact]
    public void OfRun_TwoConsumersOnOneQueue_AreOneSet()
    {
        AmqpBenchOptions shared = Options with { QueueCount = 1 };
        var first = new DeliveryVerifier();
        var second = new DeliveryVerifier();
        for (int sequence = 0; sequence < 10; sequence++)
        {
            (sequence % 3 == 0 ? first : second).Check(Body(0, sequence));
        }

        Assert.True(VerificationSummary.OfRun(shared, [first, second], [10]).IsPerfect);

        second.Check(Body(0, 0)); // The other consumer had it already, and it is older than the last.
        VerificationSummary again = VerificationSummary.OfRun(shared, [first, second], [10]);
        Assert.Equal(1, again.DuplicateCount);
        Assert.Equal(1, again.DisorderCount);
    }

    [Fact]
    public void OfRun_TopicOverSeveralQueues_AddsThemUp()
    {
        AmqpBenchOptions topic = Options with { Routing = RoutingKind.Topic };
        var even = new DeliveryVerifier();
        var odd = new DeliveryVerifier();
        for (int sequence = 0; sequence < 10; sequence++)
        {
            (sequence % 2 == 0 ? even : odd).Check(Body(0, sequence));
        }

        Assert.True(VerificationSummary.OfRun(topic, [even, odd], [10]).IsPerfect);
    }

    [Fact]
    public void OfBacklog_Hole_IsMissing()
    {
        var verifier = new DeliveryVerifier();
        verifier.Check(Body(0, 5));
        verifier.Check(Body(0, 7));

        Assert.Equal(1, VerificationSummary.OfBacklog(Options with { QueueCount = 1 }, [verifier]).MissingCount);
    }

    [Fact]
    public void Check_ForeignOrDamagedBody_IsDamaged()
    {
        var verifier = new DeliveryVerifier();
        byte[] damaged = Body(0, 1);
        damaged[^5] ^= 1;

        verifier.Check(damaged);
        verifier.Check("hello"u8);
        verifier.Check(Enumerable.Repeat((byte)0xFF, 16).ToArray());

        Assert.Equal(3, verifier.DamagedCount);
    }

    private static DeliveryVerifier VerifierOf(params (int Producer, int Count)[] arrivals)
    {
        var verifier = new DeliveryVerifier();
        foreach ((int producer, int count) in arrivals)
        {
            for (int sequence = 0; sequence < count; sequence++)
            {
                verifier.Check(Body(producer, sequence));
            }
        }

        return verifier;
    }

    private static byte[] Body(int producer, long sequence)
    {
        byte[] body = new byte[32];
        BodyStamp.Write(body, 1, producer, sequence);
        BodyStamp.WriteChecksum(body);
        return body;
    }
}
