using System.Globalization;
using Ropeway.Core.Queues;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Queues;

public sealed class QueueLengthTests : IDisposable
{
    private readonly QueueRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void DropHead_MoreThanTheLimit_TheOldestGo()
    {
        Queue queue = Declare(maxLength: 3);

        Assert.True(_rig.Publish(queue, [.. "abcde".Select(letter => ($"{letter}", true))]));

        Assert.Equal(["c", "d", "e"], Drain(queue));
        Assert.Equal(0, queue.Log.UnsettledCount);
    }

    [Fact]
    public void DropHead_DeliveredMessages_DoNotCount()
    {
        Queue queue = Declare(maxLength: 2);
        var target = new RecordingTarget();
        _rig.Consume(queue, target, credit: 3);

        _rig.Publish(queue, "a", "b", "c", "d", "e", "f");

        Assert.Equal("a b c", string.Join(' ', target.Expect(3).Select(delivery => delivery.Body)));
        Assert.Equal(["e", "f"], Drain(queue));
        _rig.Return(queue, 0);
        Assert.Equal(["a"], Drain(queue));
    }

    [Fact]
    public void DropHead_ReturnedMessages_CountAgain()
    {
        Queue queue = Declare(maxLength: 2);
        _rig.Publish(queue, "a", "b");
        long offset = _rig.Get(queue)!.Offset;
        _rig.Publish(queue, "c");

        _rig.Return(queue, offset);

        Assert.Equal(["b", "c"], Drain(queue)); // As RabbitMQ: the returned one is the head.
    }

    [Fact]
    public void DropHead_WithAnExchange_IsDeadLettered()
    {
        Queue dead = _rig.Declare("dead");
        Queue queue = Declare(maxLength: 1, deadLetterKey: "dead");

        _rig.Publish(queue, "a", "b");

        RecordedDelivery letter = _rig.Expect(dead);
        Assert.Equal("a", letter.Body);
        Assert.Equal("maxlen", letter.Deaths[0]["reason"]);
        Assert.Equal(["b"], Drain(queue));
    }

    [Fact]
    public void DropHead_Bytes_CountsBodiesOnly()
    {
        Queue queue = Declare(maxBytes: 10);
        _rig.PublishWith(queue, "aaaa", headers: new FieldTable { ["long"] = new string('x', 100) });
        _rig.PublishWith(queue, "bbbb");
        Assert.Equal(2, queue.MessageCount);

        _rig.PublishWith(queue, "ccc");

        Assert.Equal(["bbbb", "ccc"], Drain(queue));
    }

    [Fact]
    public void DropHead_ZeroLength_OnlyConsumersGetMessages()
    {
        Queue queue = Declare(maxLength: 0);
        _rig.Publish(queue, "a");
        Assert.Equal(0, queue.MessageCount);
        var target = new RecordingTarget();
        _rig.Consume(queue, target, credit: 1);

        _rig.Publish(queue, "b");
        target.Expect(1);
        _rig.Publish(queue, "c");

        Assert.Equal("b", target.Bodies);
        Assert.Equal(0, queue.MessageCount);
    }

    [Fact]
    public void RejectPublish_QueueIsFull_TheNewOnesAreRefused()
    {
        Queue queue = Declare(maxLength: 2, overflow: "reject-publish");

        Assert.True(_rig.Publish(queue, ("a", true), ("b", true)));
        Assert.False(_rig.Publish(queue, ("c", true)));

        Assert.Equal(["a", "b"], Drain(queue));
        Assert.True(_rig.Publish(queue, ("d", true)));
    }

    [Fact]
    public void RejectPublish_Bytes_WhatFitsIsTaken()
    {
        Queue queue = Declare(maxBytes: 10, overflow: "reject-publish");

        Assert.True(_rig.PublishWith(queue, "aaaaaa"));
        Assert.False(_rig.PublishWith(queue, "bbbbb"));
        Assert.True(_rig.PublishWith(queue, "cccc"));
        Assert.False(_rig.PublishWith(queue, "d"));

        Assert.Equal(["aaaaaa", "cccc"], Drain(queue));
    }

    [Fact]
    public void RejectPublish_ConsumerTakesThemAtOnce_AllAreTaken()
    {
        Queue queue = Declare(maxLength: 1, overflow: "reject-publish");
        var target = new RecordingTarget();
        _rig.Consume(queue, target);
        _rig.Publish(queue, "a");
        target.Expect(1); // The delivery horizon is ahead now.

        Assert.True(_rig.Publish(queue, [.. "bcdef".Select(letter => ($"{letter}", true))]));

        Assert.Equal(6, target.Expect(6).Length);
    }

    [Fact]
    public void RejectPublishDlx_QueueIsFull_TheNewOnesAreDeadLettered()
    {
        Queue dead = _rig.Declare("dead");
        Queue queue = Declare(maxLength: 1, overflow: "reject-publish-dlx", deadLetterKey: "dead");

        Assert.False(_rig.Publish(queue, ("a", true), ("b", true), ("c", true)));

        Assert.Equal(["b", "c"], Drain(dead));
        Assert.Equal(["a"], Drain(queue));
    }

    [Fact]
    public void RejectPublishDlx_FullQueuesInACircle_Ends()
    {
        Queue first = Declare(maxLength: 0, overflow: "reject-publish-dlx", deadLetterKey: "second", name: "first");
        Declare(maxLength: 0, overflow: "reject-publish-dlx", deadLetterKey: "first", name: "second");

        Assert.False(_rig.Publish(first, ("a", true)));

        Assert.Equal(0, first.Log.EndOffset);
    }

    [Fact]
    public void Apply_LimitOfAPolicy_DropsAtOnce()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, [.. Enumerable.Range(0, 1_000).Select(n => n.ToString(CultureInfo.InvariantCulture))]);

        queue.Apply(EffectiveArguments.None with { MaxLength = 3 });

        Assert.True(SpinWait.SpinUntil(() => queue.MessageCount == 3, RecordingTarget.Deadline));
        Assert.Equal(["997", "998", "999"], Drain(queue));
    }

    [Fact]
    public void Apply_LimitInBytes_CountsWhatIsThere()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, [.. Enumerable.Repeat("0123456789", 1_000)]);
        long held = _rig.Get(queue)!.Offset;

        queue.Apply(EffectiveArguments.None with { MaxLengthBytes = 55 });

        Assert.True(SpinWait.SpinUntil(() => queue.MessageCount == 5, RecordingTarget.Deadline));
        _rig.Ack(queue, held);
        Assert.Equal(0, queue.UnackedCount);
    }

    [Fact]
    public void Apply_LimitInBytes_WhatWasHeldThenComesAndGoes()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, [.. Enumerable.Repeat("0123456789", 10)]);
        long[] held = [.. Enumerable.Range(0, 10).Select(_ => _rig.Get(queue)!.Offset)];
        queue.Apply(EffectiveArguments.None with { MaxLengthBytes = 30 });
        _rig.Get(queue); // Looks at the queue.
        _rig.Return(queue, held);
        Assert.Equal(10, Drain(queue).Length); // Their sizes are not known, so that they do not count.

        _rig.Publish(queue, [.. Enumerable.Repeat("0123456789", 10)]);

        Assert.Equal(3, queue.MessageCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Restart_LimitInBytes_HoldsForWhatLiesOnDisk(bool isClean)
    {
        using var rig = new QueueRig(new StoreOptions { Directory = string.Empty, JournalFileBytes = 4 << 20, JournalFiles = 3, TailBytesMax = 1 });
        Queue queue = rig.Declare(arguments: new FieldTable { ["x-max-length-bytes"] = 1_000_000 });
        for (int i = 0; i < 100; i++)
        {
            rig.Publish(queue, i.ToString(CultureInfo.InvariantCulture).PadRight(9_000));
        }

        rig.Store.Checkpoint();
        queue = isClean ? rig.Restart() : rig.Crash();
        for (int i = 100; i < 130; i++)
        {
            rig.Publish(queue, i.ToString(CultureInfo.InvariantCulture).PadRight(9_000));
        }

        Assert.True(SpinWait.SpinUntil(() => queue.MessageCount == 1_000_000 / 9_000, RecordingTarget.Deadline));
        Assert.StartsWith("19 ", rig.Get(queue)!.Body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "drop-head")]
    [InlineData(2, "drop-head")]
    [InlineData(3, "reject-publish")]
    public void Queue_AtRandom_KeepsWhatTheModelKeeps(int seed, string overflow)
    {
        const int LengthMax = 8;
        const int BytesMax = 40;
        var random = new SeededNumbers(seed);
        Queue queue = Declare(LengthMax, BytesMax, overflow);
        var ready = new SortedDictionary<long, string>();
        var held = new SortedDictionary<long, string>();
        for (int step = 0; step < 500; step++)
        {
            switch (random.Next(4))
            {
                case 0 or 1:
                    string body = new((char)('a' + (step % 26)), 1 + random.Next(12));
                    bool fits = overflow == "drop-head" || (ready.Count < LengthMax && ready.Values.Sum(text => text.Length) + body.Length <= BytesMax);
                    long offset = queue.Log.EndOffset;
                    Assert.Equal(fits, _rig.PublishWith(queue, body));
                    if (fits)
                    {
                        ready.Add(offset, body);
                    }

                    break;
                case 2 when _rig.Get(queue) is { } delivery:
                    Assert.Equal(ready.First().Value, delivery.Body);
                    held.Add(delivery.Offset, delivery.Body);
                    ready.Remove(delivery.Offset);
                    break;
                case 3 when held.Count > 0:
                    long chosen = held.Keys.ElementAt(random.Next(held.Count));
                    if (random.Next(2) == 0)
                    {
                        ready.Add(chosen, held[chosen]);
                        _rig.Return(queue, chosen);
                    }
                    else
                    {
                        _rig.Ack(queue, chosen);
                    }

                    held.Remove(chosen);
                    break;
            }

            while (overflow == "drop-head" && (ready.Count > LengthMax || ready.Values.Sum(text => text.Length) > BytesMax))
            {
                ready.Remove(ready.Keys.First());
            }

            Assert.Equal(ready.Count, queue.MessageCount);
            Assert.Equal(held.Count, queue.UnackedCount);
        }
    }

    private string[] Drain(Queue queue) => [.. Enumerable.Range(0, (int)queue.MessageCount).Select(_ => _rig.Get(queue, noAck: true)!.Body)];

    private Queue Declare(long? maxLength = null, long? maxBytes = null, string? overflow = null, string? deadLetterKey = null, string name = "q")
    {
        var arguments = new FieldTable();
        Set("x-max-length", maxLength);
        Set("x-max-length-bytes", maxBytes);
        Set("x-overflow", overflow);
        Set("x-dead-letter-exchange", deadLetterKey is null ? null : string.Empty);
        Set("x-dead-letter-routing-key", deadLetterKey);
        return _rig.Declare(name, arguments: arguments);

        void Set(string argument, object? value)
        {
            if (value is not null)
            {
                arguments[argument] = value;
            }
        }
    }
}
