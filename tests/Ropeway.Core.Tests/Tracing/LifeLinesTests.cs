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

        _lines.Store(first, queue, sequence: 0, at: default);

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
                _lines.Store(line, queue, sequence, at: default);
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
            _lines.Store(wide, _rig.Declare($"wide{i}"), sequence: 0, at: default);
        }

        LifeLineView kept = Assert.Single(_lines.Find(_ => true));
        Assert.Equal(("wide", 10), (kept.MessageId, kept.Stays.Count));
    }

    private LifeLine Add(string id)
    {
        var line = new LifeLine { Host = "/", Sender = "a test", Exchange = string.Empty, RoutingKey = "key", MessageId = id };
        _lines.Add(line);
        return line;
    }
}
