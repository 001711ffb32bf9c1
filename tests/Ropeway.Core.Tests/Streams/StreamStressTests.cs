using Ropeway.Core.Queues;
using Ropeway.Core.Streams;
using Ropeway.Core.Tests.Queues;

namespace Ropeway.Core.Tests.Streams;

/// <summary>Readers that come, stop and go while a publisher goes on.</summary>
public sealed class StreamStressTests : IDisposable
{
    private const int BatchCount = 200;
    private const int BatchMessages = 20;
    private const int ReaderCount = 6;

    private readonly StreamRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Readers_WhileMessagesCome_SeeEveryOffsetOnceInOrder()
    {
        bool isDone = false;
        Task[] passing = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() => ComeAndGo(() => Volatile.Read(ref isDone))))];
        RecordingTarget[] targets = [.. Enumerable.Range(0, ReaderCount).Select(_ => new RecordingTarget())];
        TestConsumer[] readers = [.. targets.Select((target, i) => _rig.Read(target, StreamStart.First, credit: i % 2 == 0 ? int.MaxValue : 1))];
        for (int i = 0; i < BatchCount; i++)
        {
            _rig.Queues.Publish(_rig.Stream, [.. Enumerable.Range(0, BatchMessages).Select(n => $"{i}.{n}")]);
            _rig.Queues.Grant(BatchMessages, [.. readers.Where((_, place) => place % 2 == 1)]);
        }

        foreach (RecordingTarget target in targets)
        {
            RecordedDelivery[] deliveries = target.Expect(BatchCount * BatchMessages);
            Assert.Equal(Enumerable.Range(0, BatchCount * BatchMessages).Select(n => (long)n), deliveries.Select(delivery => delivery.Offset));
        }

        Volatile.Write(ref isDone, true);
        await Task.WhenAll(passing);
        Assert.Equal(ReaderCount, _rig.Stream.ConsumerCount);
    }

    private void ComeAndGo(Func<bool> isDone)
    {
        while (!isDone())
        {
            var target = new RecordingTarget();
            TestConsumer consumer = _rig.Read(target, StreamStart.First, credit: 50);
            _rig.Stream.RemoveConsumer(consumer);
            RecordedDelivery[] deliveries = target.Deliveries;
            Assert.Equal(Enumerable.Range(0, deliveries.Length).Select(n => (long)n), deliveries.Select(delivery => delivery.Offset));
        }
    }
}
