using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Jobs;
using Ropeway.Core.Queues;
using Ropeway.Core.Resources;
using Ropeway.Core.Routing;
using Ropeway.Core.Streams;
using Ropeway.Core.Tests.Queues;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Jobs;

/// <summary>Deletions of queues that are taken back.</summary>
public sealed class QueueDeletionUndoTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly QueueRig _rig;

    public QueueDeletionUndoTests() => _rig = new QueueRig(time: _time);

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(null, true)]
    [InlineData(null, false)]
    [InlineData("x-max-priority", true)]
    [InlineData("x-ack-retention", true)]
    [InlineData("x-message-groups", true)]
    [InlineData("x-max-length", true)]
    public void Undo_InTime_BringsTheQueueBackWithItsMessagesInOrder(string? argument, bool durable)
    {
        FieldTable? arguments = argument is null ? null : new FieldTable { [argument] = argument == "x-message-groups" ? true : 5 };
        Queue queue = _rig.Declare(durable: durable, arguments: arguments);
        _rig.Publish(queue, "a", "b", "c", "d", "e");
        _rig.Expect(queue);
        _rig.Expect(queue, noAck: false); // A consumer has it, and nobody will ever settle it.

        Job job = Delete(queue);
        Assert.Equal((JobState.Done, 3), (job.Status.State, job.Status.DoneCount));
        Assert.Null(Find());
        _time.Advance(TimeSpan.FromMinutes(9));

        Assert.Equal(UndoStatus.Done, Undo(job));
        Assert.Equal(UndoStatus.TooLate, Undo(job));
        Queue back = Find()!;
        Assert.Equal((durable, arguments?.Count ?? 0), (back.Settings.Durable, back.Settings.Arguments?.Count ?? 0));
        Assert.Equal((4, 0), (back.MessageCount, back.UnackedCount));
        _rig.Publish(back, "f");
        RecordedDelivery[] deliveries = [.. Enumerable.Range(0, 5).Select(_ => _rig.Expect(back))];
        Assert.Equal(["b", "c", "d", "e", "f"], deliveries.Select(delivery => delivery.Body));
        Assert.Equal([true, true, true, true, false], deliveries.Select(delivery => delivery.Redelivered));
    }

    [Fact]
    public void Undo_OfWhatConsumersHeld_IgnoresTheirLateAcknowledgements()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a", "b");
        RecordedDelivery held = _rig.Expect(queue, noAck: false);
        Job job = Delete(queue);
        Assert.Equal(UndoStatus.Done, Undo(job));

        _rig.Resolve([(queue, held.Offset)], [], credit: 0, []);

        Assert.Equal(["a", "b"], Enumerable.Range(0, 2).Select(_ => _rig.Expect(Find()!).Body));
    }

    [Fact]
    public void Undo_BringsBindingsAndTheExchangesThatWentWithThem()
    {
        Queue queue = _rig.Declare();
        _rig.Host.DeclareExchange(new ExchangeSettings("stays", ExchangeType.Topic, Durable: true, AutoDelete: false, Internal: false, Arguments: null));
        _rig.Host.DeclareExchange(new ExchangeSettings("goes", ExchangeType.Fanout, Durable: true, AutoDelete: true, Internal: false, Arguments: null));
        _rig.Host.BindQueue("stays", "q", "a.*", new FieldTable { ["x"] = 1 }, owner: null);
        _rig.Host.BindQueue("goes", "q", "", arguments: null, owner: null);
        _rig.Host.BindExchange("stays", "goes", "b.*", arguments: null);
        string[] before = Bindings();

        Job job = Delete(queue);
        Assert.False(_rig.Host.TryGetExchange("goes", out _));
        Assert.Empty(Bindings());
        Assert.Equal(UndoStatus.Done, Undo(job));

        Assert.Equal(before, Bindings());
        _rig.Restart("q");
        Assert.Equal(before, Bindings());
    }

    [Fact]
    public void Undo_KeepsAPause()
    {
        Queue queue = _rig.Declare();
        _rig.Host.PauseQueue("q", new QueuePause("guest", "why", 7));

        Assert.Equal(UndoStatus.Done, Undo(Delete(queue)));

        Assert.Equal("why", Find()!.Paused?.Reason);
        Assert.Equal("why", _rig.Restart("q").Paused?.Reason);
    }

    [Fact]
    public void Undo_OfAStream_BringsAllOfItBack()
    {
        Queue stream = _rig.Declare(arguments: new FieldTable { ["x-queue-type"] = "stream", ["x-max-length-bytes"] = 1_000_000L });
        _rig.Publish(stream, "a", "b", "c");
        _rig.WaitDurable();
        long bytes = ((StreamQueue)stream).Extent.Bytes;

        Assert.Equal(UndoStatus.Done, Undo(Delete(stream)));

        var back = (StreamQueue)Find()!;
        Assert.Equal(new StreamExtent(0, 3, 3, bytes), back.Extent);
        var target = new RecordingTarget();
        var reader = new TestConsumer(back, target, int.MaxValue) { Start = StreamStart.First };
        Assert.Equal(ConsumerRefusal.None, back.AddConsumer(reader));
        DispatchBatch dispatch = DispatchBatch.Begin();
        back.Wake(reader, dispatch);
        dispatch.Flush();
        target.Expect(3);
        Assert.Equal("a b c", target.Bodies);
    }

    [Fact]
    public void Undo_WhenAnotherQueueHasTheName_WaitsUntilItIsGone()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a");
        Job job = Delete(queue);
        Queue other = _rig.Declare();
        _rig.Publish(other, "z");

        Assert.Equal(UndoStatus.NameTaken, Undo(job));
        Assert.Equal("z", _rig.Expect(other).Body);
        _rig.Host.DeleteQueue("q", owner: null, ifUnused: false, ifEmpty: false);
        Assert.Equal(UndoStatus.Done, Undo(job));
        Assert.Equal("a", _rig.Expect(Find()!).Body);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Undo_TooLate_TheLogIsGone(bool durable)
    {
        Queue queue = _rig.Declare(durable: durable);
        _rig.Publish(queue, "a");
        Job job = Delete(queue);
        Assert.Equal(1, LiveCount(queue));

        _time.Advance(ShelvedQueue.Time);

        Assert.True(SpinWait.SpinUntil(() => LiveCount(queue) == 0, RecordingTarget.Deadline));
        Assert.Null(job.UndoUntil);
        Assert.Equal(UndoStatus.TooLate, Undo(job));
        Assert.Null(Find());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Restart_AfterADeletion_TheQueueIsGoneForGood(bool isCrash)
    {
        _rig.Declare("other");
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a");
        Delete(queue);
        _rig.WaitDurable();

        _ = isCrash ? _rig.Crash("other") : _rig.Restart("other");

        Assert.Null(Find());
        Assert.False(_rig.Store.TryGetLog(queue.Log.Id, out StoredLog? _));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Restart_AfterAnUndo_TheQueueIsThereWithItsMessages(bool isCrash)
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a", "b");
        Job job = Delete(queue);
        Assert.Equal(UndoStatus.Done, job.Undo(out ulong index));
        WaitFor(index);

        Queue back = isCrash ? _rig.Crash("q") : _rig.Restart("q");

        Assert.Equal(["a", "b"], Enumerable.Range(0, 2).Select(_ => _rig.Expect(back).Body));
    }

    [Fact]
    public void Delete_OfTheVirtualHost_TakesWhatCouldComeBack()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a");
        Job job = Delete(queue);
        _rig.Broker.VirtualHosts.Delete(_rig.Host.Name);

        Assert.Equal(0, LiveCount(queue));
        Assert.Equal(UndoStatus.TooLate, Undo(job));
    }

    [Fact]
    public void Delete_WhileTheBrokerIsShortOfSpace_IsFinal()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a");
        _rig.Broker.Admission.Set(AdmissionCause.Disk, holds: true);

        Job job = Delete(queue);

        Assert.Null(job.UndoUntil);
        Assert.Equal(0, LiveCount(queue));
    }

    [Fact]
    public void Delete_OfAQueueThatDropsDuplicates_IsFinal() =>
        Assert.Null(Delete(_rig.Declare(arguments: new FieldTable { ["x-message-deduplication"] = true })).UndoUntil);

    [Fact]
    public void Delete_OfMoreThanCanComeBack_LetsTheOldestGo()
    {
        Job first = Delete(_rig.Declare("first"));
        for (int i = 0; i < ShelvedQueue.CountMax - 1; i++)
        {
            Delete(_rig.Declare($"q{i}"));
        }

        Job last = Delete(_rig.Declare("last"));

        Assert.Equal(UndoStatus.TooLate, Undo(first));
        Assert.Equal(UndoStatus.Done, Undo(last));
    }

    private static long LiveCount(Queue queue)
    {
        lock (queue.Log.Gate)
        {
            return queue.Log.UnsettledCount;
        }
    }

    private void WaitFor(ulong index) => Assert.True(SpinWait.SpinUntil(() => _rig.Store.CommittedIndex >= index, RecordingTarget.Deadline));

    private static UndoStatus Undo(Job job) => job.Undo(out _);

    private Queue? Find() => _rig.Host.TryGetQueue("q", out Queue? queue) ? queue : null;

    private Job Delete(Queue queue)
    {
        Job job = _rig.Broker.Jobs.DeleteQueue(new JobRequest(JobKind.DeleteQueue, queue, "guest"), ifUnused: false, ifEmpty: false, out ulong index);
        WaitFor(index);
        return job;
    }

    private string[] Bindings() =>
    [
        .. _rig.Host.ListBindings().Where(binding => binding.Source.Name.Length > 0)
            .Select(binding => $"{binding.Source.Name} {binding.Destination.Name} {binding.RoutingKey} {binding.Arguments?.Count ?? 0}")
            .Order(StringComparer.Ordinal),
    ];
}
