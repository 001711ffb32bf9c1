using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Jobs;
using Ropeway.Core.Queues;
using Ropeway.Core.Resources;
using Ropeway.Core.Tests.Queues;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Jobs;

/// <summary>Purges that are taken back.</summary>
public sealed class PurgeUndoTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly QueueRig _rig;

    public PurgeUndoTests() => _rig = new QueueRig(time: _time);

    public void Dispose() => _rig.Dispose();

    [Theory]
    [InlineData(null)]
    [InlineData("x-max-priority")]
    [InlineData("x-ack-retention")]
    [InlineData("x-message-groups")]
    public void Undo_InTime_BringsAllBackInTheirOrder(string? argument)
    {
        Queue queue = _rig.Declare(arguments: argument is null ? null : new FieldTable { [argument] = argument == "x-message-groups" ? true : 5 });
        _rig.Publish(queue, "a", "b", "c", "d", "e");
        RecordedDelivery held = _rig.Expect(queue, noAck: false);
        _rig.Expect(queue);

        Job job = Purge(queue);
        Assert.Equal((JobState.Done, 3), (job.Status.State, job.Status.DoneCount));
        Assert.Equal((0, 1), (queue.MessageCount, queue.UnackedCount));
        _rig.Publish(queue, "f");
        _time.Advance(TimeSpan.FromMinutes(9));

        Assert.Equal(UndoStatus.Done, Undo(job));
        Assert.Equal(UndoStatus.TooLate, Undo(job));
        Assert.True(job.IsUndone);
        Assert.Equal(4, queue.MessageCount);
        _rig.Return(queue, held.Offset);
        Assert.Equal(["a", "c", "d", "e", "f"], Enumerable.Range(0, 5).Select(_ => _rig.Expect(queue).Body));
    }

    [Fact]
    public void Undo_TooLate_TheMessagesAreGone()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, [.. Enumerable.Range(0, 9000).Select(i => $"m{i}")]);
        Job job = Purge(queue);

        Assert.Equal(9000, LiveCount(queue));
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                _time.Advance(TimeSpan.FromMinutes(1));
                return LiveCount(queue) == 0;
            },
            RecordingTarget.Deadline));
        Assert.Null(job.UndoUntil);
        Assert.Equal(UndoStatus.TooLate, Undo(job));
        Assert.Equal(0, queue.MessageCount);
    }

    [Fact]
    public void Undo_OfTheSecondPurge_BringsBackWhatThatTook()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a");
        Job first = Purge(queue);
        _rig.Publish(queue, "b");
        Job second = Purge(queue);

        Assert.Equal(UndoStatus.Done, Undo(second));
        Assert.Equal(1, queue.MessageCount);
        Assert.Equal(UndoStatus.Done, Undo(first));
        Assert.Equal(["a", "b"], Enumerable.Range(0, 2).Select(_ => _rig.Expect(queue).Body));
    }

    [Fact]
    public void Purge_PutAside_IsNotAmongTheKeptAcknowledgedOnes()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a", "b");
        Job job = Purge(queue);

        Assert.Equal(0, queue.KeptCount);
        queue.Apply(queue.Effective); // As when any policy changes.
        Assert.Equal(UndoStatus.Done, Undo(job));
        Assert.Equal(2, queue.MessageCount);
    }

    [Fact]
    public void Undo_QueueWouldDropMessages_IsRefused()
    {
        Queue queue = _rig.Declare(arguments: new FieldTable { ["x-max-length"] = 2 });
        _rig.Publish(queue, "a", "b");
        Job job = Purge(queue);
        _rig.Publish(queue, "c");

        Assert.Equal(UndoStatus.TooLong, Undo(job));
        _rig.Expect(queue);
        Assert.Equal(UndoStatus.Done, Undo(job));
        Assert.Equal(2, queue.MessageCount);
    }

    [Fact]
    public void Undo_AfterARestartOrADeletion_IsTooLate()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a", "b");
        Job job = Purge(queue);
        _rig.Delete(queue);
        Assert.Equal(UndoStatus.TooLate, Undo(job));

        Queue other = _rig.Declare("other");
        _rig.Publish(other, "a", "b");
        Purge(other);
        other = _rig.Crash("other");
        Assert.Equal(0, other.MessageCount);
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                _time.Advance(TimeSpan.FromSeconds(1));
                return LiveCount(other) == 0;
            },
            RecordingTarget.Deadline));
    }

    [Fact]
    public void Purge_BrokerIsShortOfSpace_IsFinal()
    {
        Queue queue = _rig.Declare();
        _rig.Publish(queue, "a");
        _rig.Broker.Admission.Set(AdmissionCause.Disk, holds: true);

        Job job = Purge(queue);

        Assert.Null(job.UndoUntil);
        Assert.Equal(0, LiveCount(queue));
    }

    private static long LiveCount(Queue queue)
    {
        lock (queue.Log.Gate)
        {
            return queue.Log.UnsettledCount + queue.Log.KeptCount;
        }
    }

    private Job Purge(Queue queue)
    {
        Job job = _rig.Broker.Jobs.Purge(new JobRequest(JobKind.Purge, queue, "u"), out ulong index);
        _rig.Note(index);
        return job;
    }

    private UndoStatus Undo(Job job)
    {
        UndoStatus status = job.Undo(out ulong index);
        _rig.Note(index);
        return status;
    }
}
