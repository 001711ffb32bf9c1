using System.Text;
using Ropeway.Core.Queues;
using Ropeway.Core.Tests.Delays;
using Ropeway.Core.Tests.Queues;
using Ropeway.Core.Topology;
using Ropeway.Messages;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Deduplication;

/// <summary>Queues that take a message with the same id once.</summary>
public sealed class SeenIdsTests : IDisposable
{
    private readonly DelayRig _rig = new(new FieldTable { ["x-message-deduplication"] = true, ["x-cache-ttl"] = 60_000, ["x-cache-size"] = 5_000 });

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Publish_SameMessageId_IsTakenOnce()
    {
        Assert.Equal([true, true], Send(Id("a"), Id("b")));
        Assert.Equal([true, true, true], Send(Id("a"), Id("c"), Id("b")));

        Assert.Equal(["a", "b", "c"], _rig.Take(3));
        Assert.Equal([true], Send(Id("a"))); // Also when it was consumed.
        Assert.Empty(_rig.Take(0));
    }

    [Fact]
    public void Publish_SameIdTwiceInOneRead_IsTakenOnce()
    {
        Send(Id("a"), Id("a"), Id("b"), Id("b"), Id("a"), Id("c"));

        Assert.Equal(["a", "b", "c"], _rig.Take(3));
    }

    [Fact]
    public void Publish_NoId_IsAlwaysTaken()
    {
        Send(("m", []), ("m", []));
        Send(("m", []));

        Assert.Equal(["m", "m", "m"], _rig.Take(3));
    }

    [Fact]
    public void Publish_Header_CountsBeforeTheMessageId()
    {
        Send(("1", Properties("x-deduplication-header", "h1", "same")), ("2", Properties("x-deduplication-header", "h2", "same")), ("3", Properties("x-deduplication-header", "h1", "other")));

        Assert.Equal(["1", "2"], _rig.Take(2));
    }

    [Fact]
    public void Publish_HeaderOfAnotherName_IsTheOneThatTheQueueNames()
    {
        Queue queue = _rig.Declare("named", new FieldTable { ["x-message-deduplication"] = true, ["x-deduplication-header"] = "order" });

        Send(queue, ("1", Properties("order", "o", "x")), ("2", Properties("order", "o", "y")), ("3", Properties("x-deduplication-header", "o", "z")));

        Assert.Equal(2, queue.MessageCount);
    }

    [Fact]
    public void Publish_WindowHasPassed_IsTakenAgainAndNothingIsRemembered()
    {
        Send(Id("a"));
        _rig.Advance(59_999);
        Send(Id("a"));
        Assert.Equal(["a"], _rig.Take(1));

        _rig.Advance(2_000);

        Assert.Equal(0, ((SharedQueue)_rig.Queue).SeenIds!.Count); // Although nobody published.
        Send(Id("a"));
        Assert.Equal(["a"], _rig.Take(1));
    }

    [Fact]
    public void Publish_MoreIdsThanAreRemembered_TheOldestAreForgotten()
    {
        Send([.. Enumerable.Range(0, 5_001).Select(i => Id($"{i}"))]);
        Assert.Equal(5_001, _rig.Take(5_001).Length);

        Send(Id("0"), Id("5000"));

        Assert.Equal(["0"], _rig.Take(1));
        Assert.Equal(5_000, ((SharedQueue)_rig.Queue).SeenIds!.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Restart_MoreIdsCameThanAreRemembered_TheLastOnesAreKnown(bool isClean)
    {
        Send([.. Enumerable.Range(0, 5_001).Select(i => Id($"{i}"))]);
        _rig.Take(5_001);
        _rig.SendNow("mark");
        Restart(isClean, 0);

        Send(Id("1"), Id("0"), Id("5000"));

        Assert.Equal(["mark", "0"], _rig.Take(2));
    }

    [Fact]
    public void Crash_TakesAnIdAway_WhatMadeRoomForItIsKnownAgain()
    {
        Send([.. Enumerable.Range(0, 5_000).Select(i => Id($"{i}"))]);
        _rig.Take(5_000);
        AtomicUnit unit = _rig.Store.BeginUnit();
        Publish([_rig.Queue], MessageFlags.Persistent, out _, unit, Id("lost"));
        _rig.SendNow("mark");
        Restart(isClean: false, 0);
        unit.Dispose();

        Send(Id("0"), Id("lost"));

        Assert.Equal(["mark", "lost"], _rig.Take(2));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Restart_IdsWereSeen_AreKnownUntilTheirWindowHasPassed(bool isClean)
    {
        Send([.. Enumerable.Range(0, 300).Select(i => Id($"{i}"))]);
        _rig.Take(300);
        _rig.SendNow("mark");
        Restart(isClean, 30_000);

        Send(Id("7"), Id("299"), Id("new"));
        Assert.Equal(["mark", "new"], _rig.Take(2));

        Restart(isClean, 30_001);
        Send(Id("7"), Id("new"));
        Assert.Equal(["7"], _rig.Take(1));
    }

    [Fact]
    public void Restart_MessageWasTransient_ItsIdIsForgottenWithIt()
    {
        Send(_rig.Queue, MessageFlags.None, Id("a"));
        Assert.Equal(1, _rig.Queue.MessageCount);

        Restart(isClean: true, 0);

        Send(Id("a"));
        Assert.Equal(["a"], _rig.Take(1));
    }

    [Fact]
    public void Publish_QueueRefuses_TheIdMayComeAgain()
    {
        Queue queue = _rig.Declare("full", new FieldTable { ["x-message-deduplication"] = true, ["x-max-length"] = 1, ["x-overflow"] = "reject-publish" });

        Assert.Equal([true, false, false], Send(queue, Id("a"), Id("b"), Id("b")));
        queue.Purge(out _);

        Assert.Equal([true], Send(queue, Id("b")));
        Assert.Equal(1, queue.MessageCount);
    }

    [Fact]
    public void Publish_AnotherQueueRefuses_TheMessageIsStillKnown()
    {
        Queue full = _rig.Declare("full", new FieldTable { ["x-max-length"] = 0, ["x-overflow"] = "reject-publish" });

        Assert.Equal([false], SendTo([full, _rig.Queue], Id("a")));
        Send(Id("a"));

        Assert.Equal(["a"], _rig.Take(1));
    }

    [Fact]
    public async Task Publish_ManyProducersOfTheSameIds_EachIsTakenOnceAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                Send(Id($"{i}"), Id($"{i + 1}"));
            }
        })));

        Assert.Equal(201, _rig.Take(201).Distinct(StringComparer.Ordinal).Count());
    }

    [Fact]
    public void Publish_Duplicate_IsConfirmedNoSoonerThanTheMessage()
    {
        ulong first = Publish([_rig.Queue], MessageFlags.Persistent, out _, Id("a"));
        ulong second = Publish([_rig.Queue], MessageFlags.Persistent, out _, Id("a"));

        Assert.True(first > 0);
        Assert.True(second >= first);
    }

    [Fact]
    public void Publish_DuplicateOfWhatAnOpenTransactionBrings_IsRefusedUntilItsEnd()
    {
        using AtomicUnit unit = _rig.Store.BeginUnit();
        Publish([_rig.Queue], MessageFlags.Persistent, out bool[] staged, unit, Id("a"), Id("a"));
        Publish([_rig.Queue], MessageFlags.Persistent, out bool[] again, unit, Id("a"));
        Assert.Equal([true, true, true], [.. staged, .. again]);
        Assert.Equal([false, true], Send(Id("a"), Id("b"))); // A crash would drop the first.
        ulong index = unit.Complete();

        Assert.True(Publish([_rig.Queue], MessageFlags.Persistent, out bool[] taken, Id("a")) >= index);
        Assert.Equal([true], taken);
        Assert.Equal(["a", "b"], _rig.Take(2));
    }

    [Fact]
    public void Publish_TransactionWasDropped_ItsIdsMayComeAgain()
    {
        using (AtomicUnit unit = _rig.Store.BeginUnit())
        {
            Publish([_rig.Queue], MessageFlags.Persistent, out _, unit, Id("a"));
        }

        Assert.Equal([true], Send(Id("a")));
        Assert.Equal(["a"], _rig.Take(1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Restart_TransactionWasDropped_WhatMadeRoomForItIsForgottenWithTheNext(bool isClean)
    {
        Send([.. Enumerable.Range(0, 5_000).Select(i => Id($"{i}"))]);
        _rig.Take(5_000);
        using (AtomicUnit unit = _rig.Store.BeginUnit())
        {
            Publish([_rig.Queue], MessageFlags.Persistent, out _, unit, Id("lost"));
        }

        Send(Id("new"));
        _rig.SendNow("mark");
        _rig.Take(2);
        Restart(isClean, 0);

        Send(Id("0"), Id("2"));

        Assert.Equal(["0"], _rig.Take(1));
        Assert.Equal(0, _rig.Queue.MessageCount);
    }

    [Fact]
    public void Delete_Queue_TakesItsIdsAlong()
    {
        int logCount = _rig.Store.Logs.Count();
        Send(Id("a"));

        _rig.Host.DeleteQueue("q", owner: null, ifUnused: false, ifEmpty: false);

        Assert.Equal(logCount - 2, _rig.Store.Logs.Count());
        Assert.Equal([true], Send(Id("b"))); // As a publisher that has not noticed yet.
        _rig.Restart();
        Send(Id("a"));
        Assert.Equal(["a"], _rig.Take(1));
    }

    [Theory]
    [InlineData("x-message-deduplication", "yes", "{unacceptable_type,longstr}")]
    [InlineData("x-cache-size", 0, "{value_zero,0}")]
    [InlineData("x-cache-size", 10_000_001, "{value_too_large,10000001}")]
    [InlineData("x-cache-ttl", -1, "{value_negative,-1}")]
    [InlineData("x-deduplication-header", "", "empty_header_name")]
    public void Declare_WrongArgument_IsRefused(string name, object value, string problem)
    {
        RefusedException refused = Assert.Throws<RefusedException>(() => _rig.Declare("wrong", new FieldTable { [name] = value }));

        Assert.Equal($"invalid arg '{name}' for queue 'wrong' in vhost '/': {problem}", refused.Message);
    }

    /// <summary>A message whose body is its message-id.</summary>
    private static (string Body, byte[] Properties) Id(string id) => (id, [0x00, 0x80, (byte)id.Length, .. Encoding.UTF8.GetBytes(id)]);

    private static byte[] Properties(string header, string value, string id) =>
        [0x20, 0x80, .. FieldTableCodec.ToArray(new FieldTable { [header] = value }), (byte)id.Length, .. Encoding.UTF8.GetBytes(id)];

    private bool[] Send(params (string Body, byte[] Properties)[] messages) => Send(_rig.Queue, messages);

    private bool[] Send(Queue queue, params (string Body, byte[] Properties)[] messages) => Send(queue, MessageFlags.Persistent, messages);

    private bool[] SendTo(Queue[] queues, params (string Body, byte[] Properties)[] messages)
    {
        Publish(queues, MessageFlags.Persistent, out bool[] taken, messages);
        return taken;
    }

    private bool[] Send(Queue queue, MessageFlags flags, params (string Body, byte[] Properties)[] messages)
    {
        Publish([queue], flags, out bool[] taken, messages);
        return taken;
    }

    private ulong Publish(Queue[] queues, MessageFlags flags, out bool[] taken, params (string Body, byte[] Properties)[] messages) =>
        Publish(queues, flags, out taken, unit: null, messages);

    private ulong Publish(Queue[] queues, MessageFlags flags, out bool[] taken, AtomicUnit? unit, params (string Body, byte[] Properties)[] messages)
    {
        var batch = new PublishBatch();
        var source = new List<byte>();
        foreach ((string body, byte[] properties) in messages)
        {
            int item = batch.Add();
            batch[item] = new PublishItem
            {
                Head = new MessageHead(MessageOrigin.Amqp091, flags, 0, 0, 0),
                PropertiesStart = source.Count,
                PropertiesBytes = properties.Length,
                BodyStart = source.Count + properties.Length,
                BodyBytes = Encoding.UTF8.GetByteCount(body),
            };
            source.AddRange(properties);
            source.AddRange(Encoding.UTF8.GetBytes(body));
            foreach (Queue queue in queues)
            {
                batch.Route(item, queue);
            }
        }

        DispatchBatch dispatch = DispatchBatch.Begin();
        ulong index = batch.Publish(source.ToArray(), dispatch, unit);
        dispatch.Flush();
        _rig.Note(index);
        taken = [.. Enumerable.Range(0, batch.Count).Select(i => !batch[i].IsRejected)];
        return index;
    }

    private void Restart(bool isClean, long pauseMs)
    {
        if (isClean)
        {
            _rig.Restart(() => _rig.Advance(pauseMs));
            return;
        }

        _rig.Crash(() => _rig.Advance(pauseMs));
    }
}
