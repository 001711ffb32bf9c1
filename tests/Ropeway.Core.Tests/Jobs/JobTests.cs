using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Jobs;
using Ropeway.Core.Queues;
using Ropeway.Core.Queues.Browsing;
using Ropeway.Core.Routing;
using Ropeway.Core.Tests.Queues;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Jobs;

/// <summary>Moving, copying, deleting and re-driving many messages.</summary>
public sealed class JobTests : IDisposable
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero));
    private readonly QueueRig _rig;

    public JobTests() => _rig = new QueueRig(time: _time);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Move_All_KeepsTheirOrderAndNames()
    {
        Queue source = Filled("source", 500);
        Queue target = Filled("target", 1);

        JobStatus status = Run(new JobRequest(JobKind.Move, source, "u") { TargetQueue = target });

        Assert.Equal((JobState.Done, 500, 0), (status.State, status.DoneCount, status.FailedCount));
        Assert.Equal(500, status.Targets["target"]);
        Assert.Equal((0, 0), (source.MessageCount, source.UnackedCount));
        Assert.Equal(["m0", .. Enumerable.Range(0, 500).Select(i => $"m{i}")], Drain(target));
    }

    [Fact]
    public void Move_WithAFilter_LeavesTheOthersAsTheyWere()
    {
        Queue source = Filled("source", 300);
        Queue target = _rig.Declare("target");

        JobStatus status = Run(new JobRequest(JobKind.Move, source, "u") { TargetQueue = target, Filter = FilterOf("7") });

        string[] moved = [.. Enumerable.Range(0, 300).Select(i => $"m{i}").Where(body => body.Contains('7', StringComparison.Ordinal))];
        Assert.Equal((moved.Length, 300L), (status.DoneCount, status.ScannedCount));
        Assert.Equal(moved, Drain(target));
        var left = new RecordingTarget();
        _rig.Consume(source, left);
        RecordedDelivery[] deliveries = left.Expect(300 - moved.Length);
        Assert.Equal(deliveries.OrderBy(delivery => delivery.Offset), deliveries);
        Assert.All(deliveries, delivery => Assert.False(delivery.Redelivered));
    }

    [Fact]
    public void Copy_ToAnExchange_RoutesThemAndCountsWhereTheyWent()
    {
        Queue source = Filled("source", 3);
        Queue a = _rig.Declare("a");
        _rig.Bind("amq.topic", a, "copies.#");
        Exchange exchange = _rig.Host.GetExchange("amq.topic");

        JobStatus status = Run(new JobRequest(JobKind.Copy, source, "u") { TargetExchange = exchange, RoutingKey = "copies.x" });
        JobStatus lost = Run(new JobRequest(JobKind.Copy, source, "u") { TargetExchange = exchange, RoutingKey = "elsewhere" });
        JobStatus forbidden = Run(new JobRequest(JobKind.Copy, source, "u") { TargetExchange = exchange, RoutingKey = "copies.x", MayPublish = (_, key) => key != "copies.x" });

        Assert.Equal(3, status.Targets["a"]);
        Assert.Equal((3, 3), (lost.FailedCount, lost.Left["unroutable"]));
        Assert.Equal((3, 3), (forbidden.FailedCount, forbidden.Left["forbidden"]));
        Assert.Equal(3, source.MessageCount);
        RecordedDelivery copy = _rig.Expect(a);
        Assert.Equal(("m0", "amq.topic", "copies.x"), (copy.Body, copy.Exchange, copy.RoutingKey));
    }

    [Fact]
    public void Move_NamedMessages_CountsThoseThatDoNotWait()
    {
        Queue source = Filled("source", 5);
        Queue target = _rig.Declare("target");
        _rig.Get(source);

        JobStatus status = Run(new JobRequest(JobKind.Move, source, "u") { TargetQueue = target, Sequences = [0, 2, 4, 9] });

        Assert.Equal((2, 2, 2), (status.DoneCount, status.FailedCount, status.Left["missing"]));
        Assert.Equal(["m2", "m4"], Drain(target));
        Assert.Equal(["m1", "m3"], Drain(source));
    }

    [Fact]
    public void Move_TargetIsFull_LeavesTheRestAtTheirPlaces()
    {
        Queue source = Filled("source", 10);
        Queue target = _rig.Declare("target", arguments: new FieldTable { ["x-max-length"] = 4, ["x-overflow"] = "reject-publish" });

        JobStatus status = Run(new JobRequest(JobKind.Move, source, "u") { TargetQueue = target });

        Assert.Equal((4, 6, 6), (status.DoneCount, status.FailedCount, status.Left["refused"]));
        Assert.Equal(["m0", "m1", "m2", "m3"], Drain(target));
        RecordedDelivery next = _rig.Expect(source, noAck: false);
        Assert.Equal(("m4", false, 5), (next.Body, next.Redelivered, source.MessageCount));
    }

    [Fact]
    public void Move_FullTargetThatDeadLetters_SendsEachMessageOnce()
    {
        Queue source = Filled("source", 5);
        Queue dead = _rig.Declare("dead");
        Queue target = _rig.Declare("target", arguments: new FieldTable
        {
            ["x-max-length"] = 2,
            ["x-overflow"] = "reject-publish-dlx",
            ["x-dead-letter-exchange"] = string.Empty,
            ["x-dead-letter-routing-key"] = "dead",
        });

        JobStatus status = Run(new JobRequest(JobKind.Move, source, "u") { TargetQueue = target });

        Assert.Equal((5, 0, 0), (status.DoneCount, status.FailedCount, source.MessageCount));
        Assert.Equal(["m0", "m1"], Drain(target));
        Assert.Equal(["m2", "m3", "m4"], Drain(dead));
    }

    [Fact]
    public void Move_QueueIsDeletedMeanwhile_FailsAndLosesNothing()
    {
        Queue source = Filled("source", 100);
        Queue target = _rig.Declare("target");
        Job job = Start(new JobRequest(JobKind.Move, source, "u") { TargetQueue = target, RateMax = 4 });
        Expect(() => target.MessageCount == 1);
        _rig.Delete(target);
        Expect(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(250));
            return job.HasEnded;
        });

        Assert.Equal((JobState.Failed, "queue 'target' is gone"), (job.Status.State, job.Status.Fault));
        Assert.Equal(100 - job.Status.DoneCount, source.MessageCount);
        Assert.Equal(0, source.UnackedCount);
    }

    [Fact]
    public void DryRun_CountsAndTouchesNothing()
    {
        Queue source = Filled("source", 20);
        Queue target = _rig.Declare("target");

        JobStatus move = Run(new JobRequest(JobKind.Move, source, "u") { TargetQueue = target, IsDryRun = true, Filter = FilterOf("m1") });
        JobStatus delete = Run(new JobRequest(JobKind.Delete, source, "u") { IsDryRun = true });

        Assert.Equal((11, 11), (move.DoneCount, move.Targets["target"]));
        Assert.Equal(20, delete.DoneCount);
        Assert.Equal((20, 0), (source.MessageCount, target.MessageCount));
    }

    [Fact]
    public void Redrive_DeadLetters_GoBackToWhereTheyCameFrom()
    {
        var arguments = new FieldTable { ["x-dead-letter-exchange"] = string.Empty, ["x-dead-letter-routing-key"] = "dead" };
        Queue eu = _rig.Declare("eu", arguments: arguments);
        Queue us = _rig.Declare("us", arguments: arguments);
        Queue dead = _rig.Declare("dead");
        _rig.PublishWith(eu, "e0", "orders", "order.eu");
        _rig.PublishWith(us, "u0", "orders", "order.us");
        _rig.PublishWith(eu, "e1", "orders", "order.eu");
        _rig.PublishWith(dead, "stray");
        Reject(eu, 2, dead);
        Reject(us, 1, dead);

        JobStatus preview = Run(new JobRequest(JobKind.Redrive, dead, "u") { IsDryRun = true });
        JobStatus status = Run(new JobRequest(JobKind.Redrive, dead, "u"));

        Assert.Equal((3, 1, 2, 1), (preview.DoneCount, preview.Left["unknown"], preview.Targets["eu"], preview.Targets["us"]));
        Assert.Equal((3, 1), (status.DoneCount, status.Left["unknown"]));
        RecordedDelivery first = _rig.Expect(eu);
        Assert.Equal(("e0", "orders", "order.eu", false), (first.Body, first.Exchange, first.RoutingKey, first.Redelivered));
        Assert.Equal(["e1"], Drain(eu));
        Assert.Equal(["u0"], Drain(us));
        Assert.Equal(["stray"], Drain(dead));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Move_KilledAtAnyPoint_LeavesEachMessageInOnePlace(int fifth)
    {
        Queue source = Filled("source", 400);
        Queue target = _rig.Declare("target");
        long before = _rig.JournalBytes();
        Job job = Start(new JobRequest(JobKind.Move, source, "u") { TargetQueue = target });
        Assert.True(SpinWait.SpinUntil(() => job.HasEnded, RecordingTarget.Deadline));
        long after = _rig.JournalBytes();

        source = _rig.Crash("source", before + ((after - before) * fifth / 5));
        target = _rig.Find("target");

        string[] moved = [.. Drain(target)];
        Assert.InRange(moved.Length, 0, fifth == 0 ? 0 : 399);
        Assert.Equal(Enumerable.Range(0, 400).Select(i => $"m{i}"), moved.Concat(Drain(source)));
    }

    [Fact]
    public void Move_WithARate_TakesItsTimeAndCanBePausedAndEnded()
    {
        Queue source = Filled("source", 100);
        Queue target = _rig.Declare("target");
        Job job = Start(new JobRequest(JobKind.Move, source, "u") { TargetQueue = target, RateMax = 8 });

        Expect(() => target.MessageCount == 2); // A quarter of a second's.
        job.Pause();
        Assert.Equal(JobState.Paused, job.Status.State);
        job.Resume();
        Expect(() =>
        {
            _time.Advance(TimeSpan.FromMilliseconds(50));
            return target.MessageCount >= 6;
        });
        job.Cancel();
        Expect(() => job.HasEnded);

        Assert.Equal(JobState.Cancelled, job.Status.State);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"m{i}"), Drain(target).Concat(Drain(source)));
    }

    [Fact]
    public async Task Move_BodiesInFilesOfTheirOwn_GoWithThem()
    {
        Queue source = _rig.Declare("source");
        Queue target = _rig.Declare("target");
        string body = new('x', 2 << 20);
        await _rig.PublishExternalAsync(source, body);

        Run(new JobRequest(JobKind.Move, source, "u") { TargetQueue = target });
        target = Restarted("target");

        Assert.Equal(body, _rig.Expect(target).Body);
        Assert.Equal(0, _rig.Find("source").MessageCount);
    }

    [Fact]
    public void Delete_ColdBacklog_ReadsWhatTheFilterNeeds()
    {
        Filled("source", 300);
        Queue source = Restarted("source");

        Assert.Equal(1, Run(new JobRequest(JobKind.Delete, source, "u") { Filter = FilterOf("m123") }).DoneCount);
        Assert.Equal(299, source.MessageCount);
        Assert.Equal(1, Run(new JobRequest(JobKind.Delete, source, "u") { Sequences = [124] }).DoneCount);
        Assert.Equal(298, Restarted("source").MessageCount);
    }

    [Fact]
    public void TryStart_TooManyAtOnce_IsRefusedUntilOneHasEnded()
    {
        Queue source = Filled("source", 100);
        Job[] jobs = [.. Enumerable.Range(0, JobList.RunningMax).Select(number => Start(new JobRequest(JobKind.Copy, source, $"u{number}") { TargetQueue = source, RateMax = 1 }))];

        Assert.Null(_rig.Broker.Jobs.TryStart(new JobRequest(JobKind.Delete, source, "u")));
        jobs[3].Cancel();
        Expect(() => jobs[3].HasEnded);
        Assert.NotNull(_rig.Broker.Jobs.TryStart(new JobRequest(JobKind.Delete, source, "u")));
    }

    [Fact]
    public void TryStart_TooManyOfOneUser_LeavesRoomForOthers()
    {
        Queue source = Filled("source", 100);
        for (int i = 0; i < JobList.RunningPerUserMax; i++)
        {
            Start(new JobRequest(JobKind.Copy, source, "greedy") { TargetQueue = source, RateMax = 1 });
        }

        Assert.Null(_rig.Broker.Jobs.TryStart(new JobRequest(JobKind.Delete, source, "greedy")));
        Assert.NotNull(_rig.Broker.Jobs.TryStart(new JobRequest(JobKind.Delete, source, "other")));
    }

    [Fact]
    public void All_AfterADay_KnowsTheJobNoMore()
    {
        Queue source = Filled("source", 1);
        Job job = Start(new JobRequest(JobKind.Delete, source, "u"));
        Expect(() => job.HasEnded);

        _time.Advance(TimeSpan.FromHours(23));
        Assert.Same(job, _rig.Broker.Jobs.Find(job.Id));
        _time.Advance(TimeSpan.FromHours(2));
        Assert.Empty(_rig.Broker.Jobs.All);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Jobs_AmongRandomOperations_LoseAndDoubleNothing(int seed)
    {
        var random = new SeededNumbers(seed);
        Queue source = _rig.Declare("source", arguments: (seed % 3) switch
        {
            0 => new FieldTable { ["x-max-priority"] = 3 },
            1 => new FieldTable { ["x-max-length-bytes"] = 1_000_000, ["x-overflow"] = "reject-publish" },
            _ => null,
        });
        Queue target = _rig.Declare("target");
        var there = new SortedSet<int>(); // By their names.
        var gone = new SortedSet<int>();
        var held = new List<RecordedDelivery>();
        int published = 0;
        for (int step = 0; step < 250; step++)
        {
            switch (random.Next(6))
            {
                case 0 or 1:
                    there.Add(published);
                    _rig.Publish(source, $"m{published++}");
                    break;
                case 2 when _rig.Get(source) is { } delivery:
                    held.Add(delivery);
                    break;
                case 3 when held.Count > 0:
                    RecordedDelivery one = held[random.Next(held.Count)];
                    held.Remove(one);
                    _rig.Return(source, one.Offset);
                    break;
                case 4:
                    string digit = $"{random.Next(10)}";
                    Run(new JobRequest(JobKind.Move, source, "u") { TargetQueue = target, Filter = FilterOf(digit) });
                    Take(name => name.Contains(digit, StringComparison.Ordinal));
                    break;
                case 5 when published > 0:
                    int number = random.Next(published);
                    (RemovalStatus status, _) = await new MessageRemoval((SharedQueue)source).DeleteAsync(number, CancellationToken.None);
                    Assert.Equal(there.Contains(number) && held.TrueForAll(delivery => delivery.Body != $"m{number}"), status == RemovalStatus.Done);
                    there.RemoveWhere(name => name == number && status == RemovalStatus.Done);
                    break;
            }

            Assert.Equal(there.Count - held.Count, source.MessageCount);
            Assert.Equal(held.Count, source.UnackedCount);
        }

        _rig.Return(source, [.. held.Select(delivery => delivery.Offset)]);
        Assert.Equal(there.Select(name => $"m{name}"), Drain(source));
        Assert.Equal(gone.Select(name => $"m{name}"), Drain(target).OrderBy(body => int.Parse(body[1..], System.Globalization.CultureInfo.InvariantCulture)));

        void Take(Predicate<string> fits)
        {
            int[] taken = [.. there.Where(name => fits($"{name}") && held.TrueForAll(delivery => delivery.Body != $"m{name}"))];
            there.ExceptWith(taken);
            gone.UnionWith(taken);
        }
    }

    private static MessageFilter FilterOf(string text)
    {
        Assert.True(MessageFilter.TryParse(text, default, out MessageFilter? filter, out _));
        return filter!;
    }

    private static void Expect(Func<bool> condition) => Assert.True(SpinWait.SpinUntil(condition, RecordingTarget.Deadline));

    private Queue Restarted(string name)
    {
        _rig.WaitDurable();
        return _rig.Restart(name);
    }

    private Queue Filled(string name, int count)
    {
        Queue queue = _rig.Declare(name);
        _rig.Publish(queue, [.. Enumerable.Range(0, count).Select(i => $"m{i}")]);
        return queue;
    }

    private void Reject(Queue queue, int count, Queue dead)
    {
        long before = dead.MessageCount;
        for (int i = 0; i < count; i++)
        {
            _rig.Reject(queue, _rig.Expect(queue, noAck: false).Offset);
        }

        Expect(() => dead.MessageCount == before + count);
    }

    private List<string> Drain(Queue queue)
    {
        var bodies = new List<string>();
        long count = queue.MessageCount;
        for (long i = 0; i < count; i++)
        {
            bodies.Add(_rig.Expect(queue).Body);
        }

        return bodies;
    }

    private Job Start(JobRequest request)
    {
        Job? job = _rig.Broker.Jobs.TryStart(request);
        Assert.NotNull(job);
        return job;
    }

    private JobStatus Run(JobRequest request)
    {
        Job job = Start(request);
        Expect(() => job.HasEnded);
        Assert.Null(job.Status.Fault);
        return job.Status;
    }
}
