using Ropeway.Core.Queues;
using Ropeway.Core.Tests.Queues;
using Ropeway.Core.Tracing;

namespace Ropeway.Core.Tests.Tracing;

/// <summary>What is remembered of traced messages has bounds, whatever becomes of the messages.</summary>
public sealed class LifeLinesTests : IDisposable
{
    private readonly QueueRig _rig = new();
    private readonly LifeLines _lines = new(countMax: 4, stayCountMax: 6);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Message_ForgottenBeforeItsQueueHadIt_IsNotFollowedThere()
    {
        Queue queue = _rig.Declare("late");
        LifeLine first = Add("first");
        for (int i = 0; i < 4; i++)
        {
            Add($"next{i}");
        }

        Store(first, queue, sequence: 0);

        Assert.Null(queue.Traced);
    }

    [Fact]
    public void MessagesInManyQueues_ReplaceOlderOnes()
    {
        Queue[] queues = [.. Enumerable.Range(0, 3).Select(i => _rig.Declare($"copy{i}"))];
        for (int sequence = 0; sequence < 4; sequence++)
        {
            LifeLine line = Add($"m{sequence}");
            foreach (Queue queue in queues)
            {
                Store(line, queue, sequence);
            }
        }

        Assert.Equal(["m3", "m2"], _lines.Find(_ => true).Select(line => line.MessageId));
        Assert.All(queues, queue => Assert.Equal(2, queue.Traced!.Count));
    }

    [Fact]
    public void MessageInMoreQueuesThanThereIsRoomFor_IsKeptAlone()
    {
        Add("before");
        LifeLine wide = Add("wide");
        for (int i = 0; i < 10; i++)
        {
            Store(wide, _rig.Declare($"wide{i}"), sequence: 0);
        }

        LifeLineView kept = Assert.Single(_lines.Find(_ => true));
        Assert.Equal(("wide", 10), (kept.MessageId, kept.Stays.Count));
    }

    [Fact]
    public void MessageThatGoesRound_KeepsItsFirstStayAndTheLastOnes()
    {
        var lines = new LifeLines(countMax: 4, stayCountMax: 1_000);
        Queue queue = _rig.Declare("round");
        LifeLine line = NewLine("round");
        lines.Add(line);
        lines.Store(new TracedItem(line, Source: null, Origin: null), queue, sequence: 0, at: default);
        for (int sequence = 1; sequence <= 100; sequence++)
        {
            lines.Store(new TracedItem(line, lines.StayOf(queue, sequence - 1), new StayOrigin(StayOriginKind.Dead, "round", sequence - 1)), queue, sequence, at: default);
        }

        LifeLineView kept = Assert.Single(lines.Find(_ => true));
        Assert.Equal([0, .. Enumerable.Range(37, LifeLine.OnwardMax)], kept.Stays.Select(stay => stay.Sequence));
        Assert.Equal((36, LifeLine.OnwardMax + 1), (kept.LeftOutCount, queue.Traced!.Count));
    }

    private void Store(LifeLine line, Queue queue, long sequence) => _lines.Store(new TracedItem(line, Source: null, Origin: null), queue, sequence, at: default);

    private LifeLine Add(string id)
    {
        LifeLine line = NewLine(id);
        _lines.Add(line);
        return line;
    }

    private static LifeLine NewLine(string id) => new() { Host = "/", Sender = "a test", Exchange = string.Empty, RoutingKey = "key", MessageId = id };
}
