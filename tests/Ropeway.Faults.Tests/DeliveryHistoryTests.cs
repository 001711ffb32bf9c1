using Ropeway.TestKit.History;

namespace Ropeway.Faults.Tests;

/// <summary>The checker of the kill runs is shown broken brokers, and must see what each does wrong; and correct ones, and must be silent.</summary>
public sealed class DeliveryHistoryTests
{
    private const string Queue = "q";
    private const int Producer = 7;

    private readonly DeliveryHistory _history = new();

    public DeliveryHistoryTests() => _history.DeclareProducer(Producer, Queue);

    [Fact]
    public void Finish_EverythingDeliveredOnceAndSettled_ReportsNothing()
    {
        PublishConfirmed(3);
        int session = _history.StartSession(Queue, isStrict: true);
        for (ulong tag = 1; tag <= 3; tag++)
        {
            Deliver(session, tag, sequence: (long)tag - 1);
        }

        _history.Acknowledge(session, 3, isMultiple: true);
        _history.Settle(session, _history.MarkAcks(session));
        _history.Finish();

        Assert.Empty(_history.Violations);
        Assert.Equal(3, _history.Counts.Settled);
    }

    [Fact]
    public void Finish_ConfirmedAndNeverDelivered_IsLost()
    {
        PublishConfirmed(2);
        int session = _history.StartSession(Queue);
        Deliver(session, 1, 0);
        _history.Acknowledge(session, 1);

        _history.Finish();

        AssertOnly(ViolationKind.Lost, "sequence 1");
    }

    [Fact]
    public void Finish_HeldAtTheCrashAndNotDeliveredAgain_IsLost()
    {
        PublishConfirmed(1);
        Deliver(_history.StartSession(Queue), 1, 0);
        Crash();

        _history.Finish();

        AssertOnly(ViolationKind.Lost, "sequence 0");
    }

    [Fact]
    public void Finish_RequeuedAndNotDeliveredAgain_IsLost()
    {
        PublishConfirmed(2);
        int session = _history.StartSession(Queue);
        Deliver(session, 1, 0);
        Deliver(session, 2, 1);
        _history.Requeue(session, 1);
        _history.Acknowledge(session, 2);

        _history.Finish();

        AssertOnly(ViolationKind.Lost, "sequence 0");
    }

    [Fact]
    public void Finish_UnconfirmedOrTransientGoneAfterACrash_ReportsNothing()
    {
        _history.Publish(Producer);
        _history.Resolve(Producer, _history.Publish(Producer, mayBeLost: true), PublishOutcome.Confirmed);
        Crash();

        _history.Finish();

        Assert.Empty(_history.Violations);
    }

    [Fact]
    public void Finish_TransientGoneWithoutACrash_IsLost()
    {
        _history.Resolve(Producer, _history.Publish(Producer, mayBeLost: true), PublishOutcome.Confirmed);

        _history.Finish();

        AssertOnly(ViolationKind.Lost, "sequence 0");
    }

    [Fact]
    public void Deliver_AfterTheAckWasSettled_CameBack()
    {
        PublishConfirmed(1);
        int session = _history.StartSession(Queue);
        Deliver(session, 1, 0);
        _history.Acknowledge(session, 1);
        _history.Settle(session, _history.MarkAcks(session));
        Crash();

        Deliver(_history.StartSession(Queue), 1, 0, isRedelivered: true);

        AssertOnly(ViolationKind.SettledCameBack, "sequence 0");
    }

    [Fact]
    public void Deliver_AfterAnAckThatNothingCovered_IsAllowedAfterACrash()
    {
        PublishConfirmed(2);
        int session = _history.StartSession(Queue);
        Deliver(session, 1, 0);
        Deliver(session, 2, 1);
        _history.Acknowledge(session, 1);
        long mark = _history.MarkAcks(session);
        _history.Acknowledge(session, 2); // Behind the mark: its reply does not cover it.
        _history.Settle(session, mark);
        Crash();

        Deliver(_history.StartSession(Queue), 1, 1, isRedelivered: true);

        Assert.Empty(_history.Violations);
        Assert.Equal(1, _history.Counts.UncoveredAcksBack);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Deliver_WhileAnotherLiveSessionHasIt_IsTwice(bool isAcked)
    {
        PublishConfirmed(1);
        int first = _history.StartSession(Queue);
        Deliver(first, 1, 0);
        if (isAcked)
        {
            _history.Acknowledge(first, 1);
        }

        Deliver(_history.StartSession(Queue), 1, 0, isRedelivered: true);

        AssertOnly(ViolationKind.DeliveredTwice, "sequence 0");
    }

    [Fact]
    public void Deliver_AgainAfterRequeueCloseOrRecover_IsAllowed()
    {
        PublishConfirmed(3);
        int first = _history.StartSession(Queue);
        int second = _history.StartSession(Queue);
        Deliver(first, 1, 0);
        _history.Requeue(first, 1);
        Deliver(second, 1, 0, isRedelivered: true);
        Deliver(second, 2, 1);
        _history.EndSession(second);
        _history.GoneSession(second);
        Deliver(first, 2, 0, isRedelivered: true);
        Deliver(first, 3, 1, isRedelivered: true);
        _history.BeginRecover(first);
        _history.EndRecover(first);
        Deliver(first, 4, 0, isRedelivered: true);

        Assert.Empty(_history.Violations);
    }

    [Fact]
    public void Deliver_NeverPublished_IsPhantom()
    {
        PublishConfirmed(1);

        Deliver(_history.StartSession(Queue), 1, sequence: 1);

        AssertOnly(ViolationKind.Phantom, "sequence 1");
    }

    [Fact]
    public void Deliver_FromAnotherQueue_IsPhantom()
    {
        PublishConfirmed(1);

        Deliver(_history.StartSession("other"), 1, 0);

        AssertOnly(ViolationKind.Phantom, "other");
    }

    [Fact]
    public void Deliver_AfterItWasReturned_IsPhantomAndTheReturnIsReported()
    {
        _history.Resolve(Producer, _history.Publish(Producer), PublishOutcome.Returned);

        Deliver(_history.StartSession(Queue), 1, 0);

        Assert.Equal([ViolationKind.TopologyLost, ViolationKind.Phantom], _history.Violations.Select(v => v.Kind));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(8)]
    [InlineData(16)]
    [InlineData(40)]
    [InlineData(99)]
    public void Deliver_AnyOctetChanged_IsCorrupted(int position)
    {
        PublishConfirmed(1);
        byte[] body = Body(0);
        body[position] ^= 0x10;

        _history.Deliver(_history.StartSession(Queue), 1, body, isRedelivered: false);

        AssertOnly(ViolationKind.Corrupted, Queue);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(10)]
    [InlineData(99)]
    public void Deliver_CutOff_IsCorrupted(int bodyBytes)
    {
        PublishConfirmed(1);

        _history.Deliver(_history.StartSession(Queue), 1, Body(0).AsSpan(0, bodyBytes), isRedelivered: false);

        AssertOnly(ViolationKind.Corrupted, Queue);
    }

    [Fact]
    public void Deliver_FirstDeliveriesOutOfOrder_IsReordered()
    {
        PublishConfirmed(3);
        int session = _history.StartSession(Queue);
        Deliver(session, 1, 0);
        Deliver(session, 2, 2);

        Deliver(session, 3, 1);

        AssertOnly(ViolationKind.Reordered, "sequence 1 came after sequence 2");
    }

    [Fact]
    public void Deliver_RedeliveriesOutOfOrderToAStrictSession_IsReordered()
    {
        PublishConfirmed(2);
        int before = _history.StartSession(Queue, isStrict: true);
        Deliver(before, 1, 0);
        Deliver(before, 2, 1);
        Crash();
        int session = _history.StartSession(Queue, isStrict: true);
        Deliver(session, 1, 1, isRedelivered: true);

        Deliver(session, 2, 0, isRedelivered: true);

        AssertOnly(ViolationKind.Reordered, "sequence 0 came after sequence 1");
    }

    [Fact]
    public void Deliver_SequencesOfTwoProducersInterleaved_IsInOrder()
    {
        _history.DeclareProducer(8, Queue);
        PublishConfirmed(2);
        _history.Publish(8);
        int session = _history.StartSession(Queue, isStrict: true);

        Deliver(session, 1, 0);
        Deliver(session, 2, 1);
        Deliver(session, 3, 0, producer: 8);

        Assert.Empty(_history.Violations);
    }

    [Fact]
    public void Deliver_AgainWithoutTheFlag_IsUnflagged()
    {
        PublishConfirmed(1);
        int session = _history.StartSession(Queue);
        Deliver(session, 1, 0);
        _history.Requeue(session, 1);

        Deliver(session, 2, 0);

        AssertOnly(ViolationKind.Unflagged, "sequence 0");
    }

    [Fact]
    public void Deliver_OvertakenBeforeTheCrashAndUnflaggedAfterIt_IsUnflagged()
    {
        PublishConfirmed(2);
        Deliver(_history.StartSession(Queue), 1, 1); // Another consumer must have had sequence 0, and died before it told.
        Crash();

        Deliver(_history.StartSession(Queue), 1, 0);

        AssertOnly(ViolationKind.Unflagged, "sequence 0");
    }

    [Fact]
    public void Deliver_FlaggedInAQueueThatNeverHadAConsumer_IsWronglyFlagged()
    {
        PublishConfirmed(1);
        Crash();

        Deliver(_history.StartSession(Queue), 1, 0, isRedelivered: true);

        AssertOnly(ViolationKind.WronglyFlagged, "sequence 0");
    }

    [Fact]
    public void Deliver_FlaggedAndPublishedAfterTheLastConsumerHadGone_IsWronglyFlagged()
    {
        int session = _history.StartSession(Queue);
        _history.EndSession(session);
        _history.GoneSession(session);
        PublishConfirmed(1);

        Deliver(_history.StartSession(Queue), 1, 0, isRedelivered: true);

        AssertOnly(ViolationKind.WronglyFlagged, "sequence 0");
    }

    [Fact]
    public void Deliver_FlaggedWhenADyingConsumerMayHaveHadIt_IsAllowed()
    {
        _history.StartSession(Queue);
        PublishConfirmed(1);
        Crash();

        Deliver(_history.StartSession(Queue), 1, 0, isRedelivered: true);

        Assert.Empty(_history.Violations);
        Assert.Equal(1, _history.Counts.FlaggedUnseen);
    }

    [Fact]
    public void Publish_ToTwoQueues_IsCheckedInBoth()
    {
        _history.DeclareProducer(9, "left", "right");
        _history.Resolve(9, _history.Publish(9), PublishOutcome.Confirmed);
        int left = _history.StartSession("left");
        Deliver(left, 1, 0, producer: 9);
        _history.Acknowledge(left, 1);

        _history.Finish();

        AssertOnly(ViolationKind.Lost, "right");
    }

    private static byte[] Body(long sequence, int producer = Producer)
    {
        byte[] body = new byte[100];
        MessageBody.Write(body, producer, sequence);
        return body;
    }

    private void PublishConfirmed(int count)
    {
        for (int number = 0; number < count; number++)
        {
            _history.Resolve(Producer, _history.Publish(Producer), PublishOutcome.Confirmed);
        }
    }

    private void Deliver(int session, ulong tag, long sequence, bool isRedelivered = false, int producer = Producer) =>
        _history.Deliver(session, tag, Body(sequence, producer), isRedelivered);

    private void Crash()
    {
        _history.BeginCrash();
        _history.EndCrash();
    }

    private void AssertOnly(ViolationKind kind, string detail)
    {
        Violation only = Assert.Single(_history.Violations);
        Assert.Equal(kind, only.Kind);
        Assert.Contains(detail, only.Detail, StringComparison.Ordinal);
    }
}
