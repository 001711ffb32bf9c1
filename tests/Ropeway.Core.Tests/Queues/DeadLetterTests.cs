using System.Globalization;
using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Timing;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Queues;

public sealed class DeadLetterTests : IDisposable
{
    private const long StartSeconds = 1_767_225_600;

    private readonly FakeTimeProvider _time = new(DateTimeOffset.FromUnixTimeSeconds(StartSeconds));
    private readonly QueueRig _rig;
    private readonly Queue _dead;

    public DeadLetterTests()
    {
        _rig = new QueueRig(time: _time);
        _dead = _rig.Declare("dead");
    }

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Reject_QueueHasAnExchangeForIt_ArrivesWithItsHistory()
    {
        Queue queue = Declare("q", exchange: "", key: "dead");
        _rig.PublishWith(queue, "body", "amq.direct", "k", new FieldTable { ["mine"] = 5, ["CC"] = new FieldArray(["copy"]) });
        _rig.Reject(queue, _rig.Get(queue)!.Offset);

        RecordedDelivery letter = _rig.Expect(_dead);

        Assert.Equal("body", letter.Body);
        Assert.Equal(string.Empty, letter.Exchange);
        Assert.Equal("dead", letter.RoutingKey);
        Assert.False(letter.Redelivered);
        Assert.Equal(
            new FieldTable
            {
                ["mine"] = 5,
                ["x-death"] = new FieldArray(
                [
                    new FieldTable
                    {
                        ["count"] = 1L,
                        ["reason"] = "rejected",
                        ["queue"] = "q",
                        ["time"] = new FieldTimestamp(StartSeconds),
                        ["exchange"] = "amq.direct",
                        ["routing-keys"] = new FieldArray(["k", "copy"]),
                    },
                ]),
                ["x-first-death-reason"] = "rejected",
                ["x-first-death-queue"] = "q",
                ["x-first-death-exchange"] = "amq.direct",
                ["x-last-death-reason"] = "rejected",
                ["x-last-death-queue"] = "q",
                ["x-last-death-exchange"] = "amq.direct",
            },
            letter.Headers);
        ExpectEmpty(queue);
    }

    [Fact]
    public void Expire_MessageHadAnExpiration_LosesItAndSaysSo()
    {
        Queue queue = Declare("q", exchange: "", key: "dead");
        _rig.PublishExpiring(queue, "body", 1_000);
        Advance(1_000 + Deadlines.TickMs);

        RecordedDelivery letter = _rig.Expect(_dead);

        Assert.Equal("expired", letter.Deaths[0]["reason"]);
        Assert.Equal("1000", letter.Deaths[0]["original-expiration"]);
        Assert.Equal(string.Empty, letter.Expiration);
        Advance(100_000);
        ExpectEmpty(queue);
    }

    [Fact]
    public void Send_NoKeyGiven_GoesByTheMessagesOwnKeys()
    {
        Queue other = _rig.Declare("other");
        _rig.Bind("amq.direct", _dead, "k");
        _rig.Bind("amq.direct", other, "copy");
        Queue queue = Declare("q", exchange: "amq.direct", key: null);

        _rig.PublishWith(queue, "body", "", "k", new FieldTable { ["CC"] = new FieldArray(["copy"]) });
        _rig.Reject(queue, _rig.Get(queue)!.Offset);

        Assert.Equal("k", _rig.Expect(_dead).RoutingKey);
        RecordedDelivery copy = _rig.Expect(other);
        Assert.Equal("amq.direct", copy.Exchange);
        Assert.True(copy.Headers.Contains("CC"));
    }

    [Fact]
    public void Send_ToSeveralQueues_EachGetsIt()
    {
        Queue[] targets = [.. Enumerable.Range(0, 5).Select(n => _rig.Declare($"target-{n}", durable: n % 2 == 0))];
        foreach (Queue target in targets)
        {
            _rig.Bind("amq.fanout", target, string.Empty);
        }

        Queue queue = Declare("q", exchange: "amq.fanout", key: null);
        _rig.Publish(queue, "body");
        _rig.Reject(queue, _rig.Get(queue)!.Offset);

        Assert.All(targets, target => Assert.Equal("body", _rig.Expect(target).Body));
    }

    [Fact]
    public void Send_MessageComesAgain_CountsAndMovesToTheFront()
    {
        Queue first = Declare("first", exchange: "", key: "second");
        Queue second = Declare("second", exchange: "", key: "first");
        _rig.Publish(first, "body");

        for (int round = 0; round < 3; round++)
        {
            _rig.Reject(first, _rig.Expect(first, noAck: false).Offset);
            long offset = _rig.Expect(second, noAck: false).Offset;
            Advance(5_000);
            _rig.Reject(second, offset);
            Assert.True(SpinWait.SpinUntil(() => first.MessageCount == 1, RecordingTarget.Deadline));
            Advance(5_000);
        }

        FieldTable[] deaths = _rig.Expect(first).Deaths;
        Assert.Equal(["second", "first"], deaths.Select(death => death["queue"]));
        Assert.Equal([3L, 3L], deaths.Select(death => death["count"]));
        Assert.Equal([new FieldTimestamp(StartSeconds + 5), new FieldTimestamp(StartSeconds)], deaths.Select(death => death["time"]));
    }

    [Fact]
    public void Send_ReasonsDiffer_EachHasItsEntry()
    {
        Queue work = Declare("work", exchange: "", key: "retry");
        Queue retry = Declare("retry", exchange: "", key: "work", ttlMs: 1_000);
        _rig.Publish(work, "body");

        for (int round = 0; round < 2; round++)
        {
            _rig.Reject(work, _rig.Expect(work, noAck: false).Offset);
            Assert.True(SpinWait.SpinUntil(() => retry.MessageCount == 1, RecordingTarget.Deadline));
            Advance(1_000 + Deadlines.TickMs);
        }

        RecordedDelivery letter = _rig.Expect(work);
        Assert.Equal([("retry", "expired", 2L), ("work", "rejected", 2L)], letter.Deaths.Select(death => ((string)death["queue"]!, (string)death["reason"]!, (long)death["count"]!)));
        Assert.Equal("rejected", letter.Headers["x-first-death-reason"]);
        Assert.Equal("retry", letter.Headers["x-last-death-queue"]);
    }

    [Fact]
    public void Send_GoesRoundWithoutAConsumer_IsDropped()
    {
        Queue first = Declare("first", exchange: "", key: "second", ttlMs: 100);
        Queue second = Declare("second", exchange: "", key: "first", ttlMs: 100);
        _rig.Publish(first, "body");

        SpinWait.SpinUntil(
            () =>
            {
                Advance(100 + Deadlines.TickMs);
                return first.Log.UnsettledCount + second.Log.UnsettledCount == 0;
            },
            RecordingTarget.Deadline);

        ExpectEmpty(first);
        ExpectEmpty(second);
        Assert.Equal(1, second.Log.EndOffset); // It went there, and not back.
        Assert.Equal(1, first.Log.EndOffset);
    }

    [Fact]
    public void Send_ToTheSameQueue_OnlyRejectedComesBack()
    {
        Queue queue = Declare("q", exchange: "", key: "q", ttlMs: 1_000);
        _rig.Publish(queue, "body");
        _rig.Reject(queue, _rig.Get(queue)!.Offset);
        Assert.Equal(1L, _rig.Expect(queue, noAck: false).Deaths[0]["count"]);
        _rig.Return(queue, 1);

        Advance(1_000 + Deadlines.TickMs);

        ExpectEmpty(queue);
    }

    [Fact]
    public void Send_ExchangeIsMissing_IsDropped()
    {
        Queue queue = Declare("q", exchange: "nowhere", key: null);
        _rig.Publish(queue, "body");

        _rig.Reject(queue, _rig.Get(queue)!.Offset);

        ExpectEmpty(queue);
    }

    [Fact]
    public void Send_ForgedHistory_IsNoFault()
    {
        Queue queue = Declare("q", exchange: "", key: "dead");
        foreach (object? forged in (object?[])["text", null, new FieldArray([1, "two", new FieldTable { ["queue"] = 5 }, new FieldTable { ["queue"] = "q", ["reason"] = "rejected", ["count"] = "x" }])])
        {
            _rig.PublishWith(queue, "body", headers: new FieldTable { ["x-death"] = forged });
            _rig.Reject(queue, _rig.Get(queue)!.Offset);

            Assert.Equal(1L, _rig.Expect(_dead).Deaths[0]["count"]);
        }
    }

    [Fact]
    public void Send_HistoryWouldNotFit_KeepsWhatTellsCircles()
    {
        Queue queue = Declare("q", exchange: "", key: null);
        _rig.PublishWith(queue, new string('x', 890_000), "", "dead", new FieldTable { ["CC"] = CopyKeys(400) });
        _rig.Reject(queue, _rig.Get(queue)!.Offset);

        RecordedDelivery letter = _rig.Expect(_dead);

        Assert.Equal(890_000, letter.Body.Length);
        Assert.Equal(("q", "rejected", 1L), ((string)letter.Deaths[0]["queue"]!, (string)letter.Deaths[0]["reason"]!, (long)letter.Deaths[0]["count"]!));
        ExpectEmpty(queue);
    }

    [Fact]
    public void Send_HistoryWouldNotFit_StillNotRoundForEver()
    {
        Queue[] circle = [.. Enumerable.Range(0, 3).Select(n => Declare($"circle-{n}", exchange: "circle", key: null, ttlMs: 0))];
        _rig.Host.DeclareExchange(new ExchangeSettings("circle", ExchangeType.Headers, Durable: true, AutoDelete: false, Internal: false, Arguments: null));
        for (int n = 0; n < circle.Length; n++)
        {
            var last = new FieldTable { ["x-match"] = "all-with-x", ["x-last-death-queue"] = circle[n].Name };
            _rig.Note(_rig.Host.BindQueue("circle", circle[(n + 1) % circle.Length].Name, "", last, owner: null));
        }

        _rig.PublishWith(circle[0], new string('x', 890_000), "", "k", new FieldTable { ["CC"] = CopyKeys(300) });
        Advance(10 * Deadlines.TickMs);

        Assert.All(circle, ExpectEmpty);
        Assert.Equal([1, 1, 1], circle.Select(queue => queue.Log.EndOffset));
    }

    private static FieldArray CopyKeys(int count) => new(Enumerable.Range(0, count).Select(n => (object)$"{n}".PadRight(245, 'k')));

    [Fact]
    public async Task Send_BodyInAFile_IsNotCopied()
    {
        Queue queue = Declare("q", exchange: "", key: "dead");
        string body = new('x', 200_000);
        await _rig.PublishExternalAsync(queue, body);
        _rig.Reject(queue, _rig.Get(queue)!.Offset);

        Assert.Equal(body, _rig.Expect(_dead, noAck: false).Body);
        ExpectEmpty(queue);
        Assert.Equal(1, _rig.Store.GetStatistics().BodyCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Restart_LettersWereSent_TheyAreThereOnce(bool isClean)
    {
        Queue queue = Declare("q", exchange: "", key: "dead");
        for (int i = 0; i < 1_000; i++)
        {
            _rig.PublishWith(queue, i.ToString(CultureInfo.InvariantCulture));
            _rig.Reject(queue, _rig.Get(queue)!.Offset);
        }

        if (!isClean)
        {
            ExpectEmpty(queue);
            _rig.Publish(_rig.Declare("later"), "x"); // Everything before it in the journal is durable with it.
        }

        queue = isClean ? _rig.Restart() : _rig.Crash();

        Assert.Equal(0, queue.MessageCount);
        Queue dead = _rig.Find("dead");
        Assert.Equal(1_000, dead.MessageCount);
        Assert.Equal(Enumerable.Range(0, 1_000).Select(i => i.ToString(CultureInfo.InvariantCulture)), Enumerable.Range(0, 1_000).Select(_ => _rig.Get(dead, noAck: true)!.Body));
    }

    [Fact]
    public void Expire_ColdBacklog_ArrivesInOrder()
    {
        using var rig = new QueueRig(new StoreOptions { Directory = string.Empty, JournalFileBytes = 4 << 20, JournalFiles = 3, TailBytesMax = 1 }, _time);
        rig.Declare("dead");
        Queue queue = rig.Declare(arguments: new FieldTable { ["x-message-ttl"] = 60_000, ["x-dead-letter-exchange"] = "", ["x-dead-letter-routing-key"] = "dead" });
        for (int i = 0; i < 2_000; i++)
        {
            rig.PublishWith(queue, i.ToString(CultureInfo.InvariantCulture).PadRight(2_000));
        }

        rig.Store.Checkpoint();
        queue = rig.Restart();
        Queue dead = rig.Find("dead");
        Advance(60_000 + Deadlines.TickMs);

        Assert.True(SpinWait.SpinUntil(() => dead.MessageCount == 2_000, RecordingTarget.Deadline));
        ExpectEmpty(queue);
        Assert.Equal(Enumerable.Range(0, 2_000), Enumerable.Range(0, 2_000).Select(_ => int.Parse(rig.Get(dead, noAck: true)!.Body, CultureInfo.InvariantCulture)));
    }

    [Fact]
    public void Delete_WhileLettersAreSent_IsNoFault()
    {
        for (int i = 0; i < 20; i++)
        {
            Queue queue = Declare("q", exchange: "", key: "dead");
            _rig.Publish(queue, [.. Enumerable.Repeat("x", 600)]);
            _rig.Reject(queue, [.. Enumerable.Range(0, 600).Select(_ => _rig.Get(queue)!.Offset)]);
            _rig.Delete(queue);
        }

        Assert.InRange(_dead.MessageCount, 0, 20 * 600);
    }

    [Fact]
    public async Task Reject_QueuesInACircle_NothingLocksOrGetsLost()
    {
        const int QueueCount = 3;
        const int MessageCount = 200;
        Queue[] queues = [.. Enumerable.Range(0, QueueCount).Select(n => Declare($"circle-{n}", "", $"circle-{(n + 1) % QueueCount}"))];
        foreach (Queue queue in queues)
        {
            _rig.Publish(queue, [.. Enumerable.Range(0, MessageCount).Select(n => $"{queue.Name}:{n}")]);
        }

        await Task.WhenAll(queues.Select(queue => Task.Run(() => RejectMany(queue, 2_000))));

        Assert.True(SpinWait.SpinUntil(() => queues.Sum(queue => queue.MessageCount) == QueueCount * MessageCount, RecordingTarget.Deadline));
        string[] bodies = [.. queues.SelectMany(queue => Enumerable.Range(0, (int)queue.MessageCount).Select(_ => _rig.Get(queue)!.Body))];
        Assert.Equal(QueueCount * MessageCount, bodies.Distinct(StringComparer.Ordinal).Count());
    }

    private static void RejectMany(Queue queue, int count)
    {
        var resolving = new ResolveBatch();
        using var receiver = new RecordingReceiver();
        for (int i = 0; i < count; i++)
        {
            if (receiver.Get(queue, settlesOnDelivery: false, out _) is { } delivery)
            {
                resolving.Reject(queue, delivery.Offset, delivery.Offset + 1);
                DispatchBatch dispatch = DispatchBatch.Begin();
                resolving.Resolve(dispatch);
                dispatch.Flush();
            }
        }
    }

    private static void ExpectEmpty(Queue queue)
    {
        Assert.True(SpinWait.SpinUntil(() => queue.Log.UnsettledCount == 0, RecordingTarget.Deadline));
        Assert.Equal(0, queue.MessageCount);
        Assert.Equal(0, queue.UnackedCount);
    }

    private Queue Declare(string name, string exchange, string? key, long? ttlMs = null)
    {
        var arguments = new FieldTable { ["x-dead-letter-exchange"] = exchange };
        if (key is not null)
        {
            arguments["x-dead-letter-routing-key"] = key;
        }

        if (ttlMs is not null)
        {
            arguments["x-message-ttl"] = ttlMs;
        }

        return _rig.Declare(name, arguments: arguments);
    }

    private void Advance(long ms) => _time.Advance(TimeSpan.FromMilliseconds(ms));
}
