using System.Globalization;
using Ropeway.Core.Queues;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Queues;

public sealed class RewindStressTests : IDisposable
{
    private const int MessageCount = 20_000;
    private const int RewindsEach = 20;

    private readonly QueueRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Rewind_WhileOthersPublishAndConsume_GivesEachMessageOnceMoreAndInOrder(bool durable)
    {
        Queue queue = _rig.Declare(durable: durable, arguments: new FieldTable { ["x-ack-retention"] = 3_600_000 });
        var target = new RecordingTarget();
        _rig.Consume(queue, target, noAck: true);

        Task<long>[] rewinds = [.. Enumerable.Range(1, 2).Select(seed => Task.Run(() => RewindOften((SharedQueue)queue, seed)))];
        foreach (int[] some in Enumerable.Range(0, MessageCount).Chunk(50))
        {
            _rig.Publish(queue, [.. some.Select(number => number.ToString(CultureInfo.InvariantCulture))]);
        }

        long rewound = (await Task.WhenAll(rewinds)).Sum();
        RecordedDelivery[] deliveries = target.Expect((int)(MessageCount + rewound));

        Assert.True(rewound > 0);
        Assert.Equal((0L, 0L, (long)MessageCount), (queue.MessageCount, queue.UnackedCount, queue.KeptCount));
        Assert.Equal(MessageCount, deliveries.Select(delivery => delivery.Offset).Distinct().Count());
        Assert.All(deliveries, delivery => Assert.Equal(delivery.Offset, int.Parse(delivery.Body, CultureInfo.InvariantCulture)));
        int stepsBack = deliveries.Zip(deliveries.Skip(1)).Count(pair => pair.Second.Offset <= pair.First.Offset);
        Assert.InRange(stepsBack, 1, rewinds.Length * RewindsEach); // Else something came while a rewind was under way.
    }

    private static long RewindOften(SharedQueue queue, int seed)
    {
        var random = new SeededNumbers(seed);
        long count = 0;
        for (int i = 0; i < RewindsEach; i++)
        {
            SpinWait.SpinUntil(() => queue.KeptCount > 0, RecordingTarget.Deadline);
            RewindResult result = queue.Rewind(RewindStart.FromSequence(random.Next((int)queue.KeptCount + 1)));
            Assert.Equal(RewindStatus.Done, result.Status);
            count += result.Count;
        }

        return count;
    }
}
