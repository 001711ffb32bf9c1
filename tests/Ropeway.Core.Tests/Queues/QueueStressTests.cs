using System.Globalization;
using System.Text;
using Ropeway.Core.Queues;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Queues;

public sealed class QueueStressTests : IDisposable
{
    private const int PublisherCount = 3;
    private const int MessagesEach = 4_000;

    private readonly QueueRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ManyPublishersAndConsumers_LoseAndDoubleNothing(bool durable)
    {
        Queue queue = _rig.Declare(durable: durable);
        AckingTarget[] targets = [.. Enumerable.Range(0, 4).Select(i => new AckingTarget(queue, prefetch: 1 + (i * 20)))];
        Thread[] publishers = [.. Enumerable.Range(0, PublisherCount).Select(number => new Thread(() => Publish(queue, number)))];
        Array.ForEach(publishers, thread => thread.Start());
        Array.ForEach(targets, target => target.Start());
        Array.ForEach(publishers, thread => Assert.True(thread.Join(RecordingTarget.Deadline)));
        bool settled = SpinWait.SpinUntil(() => targets.Sum(target => target.SettledCount) == PublisherCount * MessagesEach, RecordingTarget.Deadline);
        Array.ForEach(targets, target => target.Stop());

        Assert.True(settled);
        Assert.Equal((0L, 0L, 0L), (queue.MessageCount, queue.UnackedCount, queue.Log.UnsettledCount));
        Assert.All(targets, target => Assert.Null(target.Fault));
        List<(int Publisher, int Number)> all = [.. targets.SelectMany(target => target.Settled)];
        Assert.Equal(PublisherCount * MessagesEach, all.Distinct().Count());
        Assert.Equal(PublisherCount * MessagesEach, all.Count);
    }

    private static void Publish(Queue queue, int number)
    {
        var batch = new PublishBatch();
        var random = new SeededNumbers(number);
        for (int next = 0; next < MessagesEach;)
        {
            int count = Math.Min(random.Next(1, 50), MessagesEach - next);
            var source = new StringBuilder();
            for (int i = 0; i < count; i++)
            {
                string body = string.Create(CultureInfo.InvariantCulture, $"{number}:{next++}");
                batch.Route(batch.Add(), queue);
                batch[i] = new PublishItem
                {
                    Head = new MessageHead(MessageOrigin.Amqp091, MessageFlags.Persistent, 0, 0, 0),
                    BodyStart = source.Length,
                    BodyBytes = body.Length,
                };
                source.Append(body);
            }

            DispatchBatch dispatch = DispatchBatch.Begin();
            batch.Publish(Encoding.ASCII.GetBytes(source.ToString()), dispatch);
            batch.Clear();
            dispatch.Flush();
        }
    }
}
