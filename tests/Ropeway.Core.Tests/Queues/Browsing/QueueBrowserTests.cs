using System.Text;
using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Queues;
using Ropeway.Core.Queues.Browsing;
using Ropeway.Core.Tests.Streams;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Queues.Browsing;

/// <summary>Looking at messages without taking them.</summary>
public sealed class QueueBrowserTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly QueueRig _rig;

    public QueueBrowserTests() => _rig = new QueueRig(time: _time);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Browse_Pages_ShowAllInOrderBothWays()
    {
        Queue queue = Filled(300);
        for (int i = 0; i < 200; i++)
        {
            _rig.Get(queue, noAck: true);
        }

        _rig.Publish(queue, [.. Enumerable.Range(300, 20).Select(i => $"m{i}")]);
        string[] expected = [.. Enumerable.Range(200, 120).Select(i => $"m{i}")];

        Assert.Equal(expected, await WalkAsync(queue, new BrowseRequest(BrowseSet.Waiting, BrowseStart.Oldest) { CountMax = 7 }));
        Assert.Equal(expected.Reverse(), await WalkAsync(queue, new BrowseRequest(BrowseSet.Waiting, BrowseStart.Newest) { CountMax = 7, IsBackward = true }));
        Assert.Equal(["m250", "m251"], Bodies(await BrowseAsync(queue, new BrowseRequest(BrowseSet.Waiting, BrowseStart.At(250)) { CountMax = 2 })));
        Assert.Equal(["m250", "m249"], Bodies(await BrowseAsync(queue, new BrowseRequest(BrowseSet.Waiting, BrowseStart.At(250)) { CountMax = 2, IsBackward = true })));
    }

    [Fact]
    public async Task Browse_FirstAndLastPage_TellWhereTheOthersAre()
    {
        Queue queue = Filled(10);

        BrowsedPage first = await BrowseAsync(queue, new BrowseRequest(BrowseSet.Waiting, BrowseStart.Oldest) { CountMax = 4 });
        BrowsedPage middle = await BrowseAsync(queue, new BrowseRequest(BrowseSet.Waiting, BrowseStart.At(4)) { CountMax = 4 });
        BrowsedPage last = await BrowseAsync(queue, new BrowseRequest(BrowseSet.Waiting, BrowseStart.At(8)) { CountMax = 4 });

        Assert.Equal((4L, null, false, 10), (first.Next, first.Previous, first.IsDone, first.Total));
        Assert.Equal((8L, 3L), (middle.Next, middle.Previous));
        Assert.Equal((null, 7L, true), (last.Next, last.Previous, last.IsDone));
        Assert.Equal(["m3", "m2", "m1", "m0"], Bodies(await BrowseAsync(queue, new BrowseRequest(BrowseSet.Waiting, BrowseStart.At(3)) { CountMax = 9, IsBackward = true })));
    }

    [Fact]
    public async Task Browse_Everything_LeavesOrderTriesAndFlagsAsTheyWere()
    {
        Queue queue = Filled(100);
        for (int i = 0; i < 3; i++)
        {
            await WalkAsync(queue, new BrowseRequest(BrowseSet.Waiting, BrowseStart.Newest) { IsBackward = true });
            await WalkAsync(queue, new BrowseRequest(BrowseSet.All, BrowseStart.Oldest));
        }

        var target = new RecordingTarget();
        _rig.Consume(queue, target);

        RecordedDelivery[] deliveries = target.Expect(100);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => (long)i), deliveries.Select(delivery => delivery.Offset));
        Assert.All(deliveries, delivery => Assert.False(delivery.Redelivered));
    }

    [Fact]
    public async Task Browse_Sets_TellWhatIsHeldAndWhatWaitsForItsRetry()
    {
        Queue queue = _rig.Declare(arguments: new FieldTable { ["x-queue-type"] = "quorum", ["x-delayed-retry-type"] = "failed", ["x-delayed-retry-min"] = 60_000L });
        _rig.Publish(queue, "m0", "m1", "m2", "m3");
        for (int i = 0; i < 3; i++)
        {
            _rig.Get(queue);
        }

        _rig.Fail(queue, 0);
        _rig.Return(queue, 2);
        BrowsedPage waiting = await BrowseAsync(queue, new BrowseRequest(BrowseSet.Waiting, BrowseStart.Oldest));
        BrowsedPage delayed = await BrowseAsync(queue, new BrowseRequest(BrowseSet.Delayed, BrowseStart.Newest) { IsBackward = true });
        BrowsedPage held = await BrowseAsync(queue, new BrowseRequest(BrowseSet.Held, BrowseStart.Oldest) { Held = [new HeldMessages(1, 2, 1, "c", 5)] });
        BrowsedPage all = await BrowseAsync(queue, new BrowseRequest(BrowseSet.All, BrowseStart.Oldest));

        Assert.Equal(["m2", "m3"], Bodies(waiting));
        Assert.Equal([(1, true), (0, false)], waiting.Messages.Select(message => ((int)message.Tries, message.IsRedelivered)));
        BrowsedMessage late = Assert.Single(delayed.Messages);
        Assert.Equal((0, 1, _time.GetUtcNow().ToUnixTimeMilliseconds() + 60_000), (late.Sequence, late.Tries, late.DueMs));
        BrowsedMessage one = Assert.Single(held.Messages);
        Assert.Equal((1, true, 1), (one.Sequence, one.IsHeld, held.Total));
        Assert.Equal(["m0", "m1", "m2", "m3"], Bodies(all));
    }

    [Fact]
    public async Task Browse_SmallBudget_StopsAndGoesOnWhereItWas()
    {
        Queue queue = Filled(1000);
        var request = new BrowseRequest(BrowseSet.Waiting, BrowseStart.Oldest) { Filter = FilterOf("m999"), BytesMax = 1000 };

        BrowsedPage page = await BrowseAsync(queue, request);
        Assert.False(page.IsDone);
        Assert.Empty(page.Messages);
        Assert.InRange(page.ScannedCount, 1, 999);

        Assert.Equal(["m999"], await WalkAsync(queue, request));
        Assert.Equal(["m999"], await WalkAsync(queue, request with { IsBackward = true, Start = BrowseStart.Newest }));
        Assert.Equal(["m0"], await WalkAsync(queue, request with { IsBackward = true, Start = BrowseStart.Newest, Filter = FilterOf("-m1 -m2 -m3 -m4 -m5 -m6 -m7 -m8 -m9") }));
    }

    [Fact]
    public async Task Browse_SinceATime_BeginsWithTheFirstThatCameThen()
    {
        Queue queue = _rig.Declare();
        for (int i = 0; i < 20; i++)
        {
            _rig.Publish(queue, $"m{i}");
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        long startMs = new DateTimeOffset(2026, 1, 1, 0, 12, 30, TimeSpan.Zero).ToUnixTimeMilliseconds();

        Assert.Equal(["m13", "m14"], Bodies(await BrowseAsync(queue, new BrowseRequest(BrowseSet.Waiting, BrowseStart.Since(startMs)) { CountMax = 2 })));
        Assert.Empty((await BrowseAsync(queue, new BrowseRequest(BrowseSet.Waiting, BrowseStart.Since(long.MaxValue)))).Messages);
    }

    [Fact]
    public async Task Browse_ColdMessages_AreReadFromTheDisk()
    {
        string[] bodies = [.. Enumerable.Range(0, 400).Select(i => $"m{i}")];
        _rig.Publish(_rig.Declare(), bodies);
        Queue queue = _rig.Restart();

        Assert.Equal(bodies.Reverse(), await WalkAsync(queue, new BrowseRequest(BrowseSet.Waiting, BrowseStart.Newest) { IsBackward = true }));
        Assert.NotEqual(0, _rig.Store.GetStatistics().ColdReadCount);
        using BrowsedContent? content = await new QueueBrowser(queue, _time).ReadAsync(17, CancellationToken.None);
        Assert.Equal("m17", Encoding.UTF8.GetString(content!.Body.Span));
    }

    [Fact]
    public async Task Browse_BodyInAFileOfItsOwn_IsSearchedWhenAskedForAndReadAlone()
    {
        Queue queue = _rig.Declare();
        string body = new string('x', 2 << 20) + "needle";
        await _rig.PublishExternalAsync(queue, body);
        _rig.Publish(queue, "small");

        BrowsedPage plain = await BrowseAsync(queue, new BrowseRequest(BrowseSet.Waiting, BrowseStart.Oldest));
        Assert.Equal([null, "small"], plain.Messages.Select(message => message.Preview is null ? null : Encoding.UTF8.GetString(message.Preview)));
        Assert.Equal(body.Length, plain.Messages[0].BodyBytes);
        Assert.Equal([0L], (await BrowseAsync(queue, new BrowseRequest(BrowseSet.Waiting, BrowseStart.Oldest) { Filter = FilterOf("needle") })).Messages.Select(message => message.Sequence));
        using BrowsedContent? content = await new QueueBrowser(queue, _time).ReadAsync(0, CancellationToken.None);
        Assert.Equal(body, Encoding.UTF8.GetString(content!.Body.Span));
    }

    [Fact]
    public async Task Read_WhatIsGoneOrNotThereYet_IsNull()
    {
        Queue queue = Filled(2);
        _rig.Get(queue, noAck: true);

        Assert.Null(await new QueueBrowser(queue, _time).ReadAsync(0, CancellationToken.None));
        Assert.Null(await new QueueBrowser(queue, _time).ReadAsync(2, CancellationToken.None));
        using BrowsedContent? there = await new QueueBrowser(queue, _time).ReadAsync(1, CancellationToken.None);
        Assert.NotNull(there);
    }

    [Fact]
    public async Task Browse_Stream_ShowsWhatIsOnTheDisk()
    {
        using var rig = new StreamRig();
        rig.Queues.Publish(rig.Stream, "s0", "s1", "s2");
        rig.Queues.WaitDurable();
        Assert.True(SpinWait.SpinUntil(() => rig.Stream.MessageCount == 3, RecordingTarget.Deadline));

        BrowsedPage page = await new QueueBrowser(rig.Stream, rig.Time).BrowseAsync(new BrowseRequest(BrowseSet.All, BrowseStart.Newest) { IsBackward = true }, CancellationToken.None);

        Assert.Equal(["s2", "s1", "s0"], Bodies(page));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Browse_AfterRandomOperations_ShowsWhatConsumersWouldGet(int seed)
    {
        var random = new SeededNumbers(seed);
        Queue queue = _rig.Declare(arguments: seed % 2 == 0 ? new FieldTable { ["x-max-priority"] = 5 } : null);
        var held = new List<long>();
        for (int i = 0; i < 300; i++)
        {
            switch (random.Next(4))
            {
                case 0 or 1:
                    _rig.PublishPriorities(queue, new string((char)('a' + random.Next(5)), random.Next(1, 20)));
                    break;
                case 2 when _rig.Get(queue) is { } delivery:
                    held.Add(delivery.Offset);
                    break;
                case 3 when held.Count > 0:
                    long offset = held[random.Next(held.Count)];
                    held.Remove(offset);
                    (random.Next(2) == 0 ? (Action<Queue, long[]>)_rig.Ack : _rig.Return)(queue, [offset]);
                    break;
            }
        }

        long[] up = await NumbersAsync(queue, new BrowseRequest(BrowseSet.Waiting, BrowseStart.Oldest) { CountMax = 33 });
        long[] down = await NumbersAsync(queue, new BrowseRequest(BrowseSet.Waiting, BrowseStart.Newest) { CountMax = 33, IsBackward = true });
        long[] all = await NumbersAsync(queue, new BrowseRequest(BrowseSet.All, BrowseStart.Oldest));
        var got = new List<long>();
        while (_rig.Get(queue, noAck: true) is { } delivery)
        {
            got.Add(delivery.Offset);
        }

        Assert.Equal(got.Order(), up);
        Assert.Equal(up.Reverse(), down);
        Assert.Equal(got.Concat(held).Order(), all);
    }

    private static MessageFilter FilterOf(string text)
    {
        Assert.True(MessageFilter.TryParse(text, default, out MessageFilter? filter, out _));
        return filter!;
    }

    private static IEnumerable<string> Bodies(BrowsedPage page) => page.Messages.Select(message => Encoding.UTF8.GetString(message.Preview!));

    private Queue Filled(int count)
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, [.. Enumerable.Range(0, count).Select(i => $"m{i}")]);
        return queue;
    }

    private Task<BrowsedPage> BrowseAsync(Queue queue, BrowseRequest request) => new QueueBrowser(queue, _time).BrowseAsync(request, CancellationToken.None);

    private async Task<IReadOnlyList<BrowsedMessage>> AllAsync(Queue queue, BrowseRequest request)
    {
        var messages = new List<BrowsedMessage>();
        for (int i = 0; i < 10_000; i++)
        {
            BrowsedPage page = await BrowseAsync(queue, request);
            messages.AddRange(page.Messages);
            Assert.Equal(page.IsDone, page.Next is null);
            if (page.Next is not { } next)
            {
                return messages;
            }

            request = request with { Start = BrowseStart.At(next) };
        }

        throw new InvalidOperationException("It does not end.");
    }

    private async Task<IEnumerable<string>> WalkAsync(Queue queue, BrowseRequest request) => (await AllAsync(queue, request)).Select(message => Encoding.UTF8.GetString(message.Preview!));

    private async Task<long[]> NumbersAsync(Queue queue, BrowseRequest request) => [.. (await AllAsync(queue, request)).Select(message => message.Sequence)];
}
