using System.Text;
using Ropeway.Core.Deduplication;
using Ropeway.Core.Policies;
using Ropeway.Core.Queues;
using Ropeway.Core.Tests.Delays;
using Ropeway.Core.Topology;
using Ropeway.Messages;

namespace Ropeway.Core.Tests.Deduplication;

/// <summary>Policies that switch deduplication on and off and change it, for queues that are in use.</summary>
public sealed class DeduplicationPolicyTests : IDisposable
{
    private readonly DelayRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Policy_SetAndDeleted_HoldsForQueuesThatExistAndThoseToCome()
    {
        Send("a");
        int logCount = _rig.Store.Logs.Count();
        Set(PolicyKind.User, ("message-deduplication", true));
        Queue later = _rig.Declare("later");
        Send("a"); // What came before is not known.
        Send("a");
        Assert.Equal(["a", "a"], _rig.Take(2));
        Assert.Equal(new DeduplicationRule("x-deduplication-header", 100_000, WindowMs: null), later.Effective.Deduplication);
        Assert.NotNull(((SharedQueue)later).SeenIds);

        Delete(PolicyKind.User);
        Send("a");
        Send("a");
        Assert.Equal(["a", "a"], _rig.Take(2));
        Assert.Null(_rig.Queue.Effective.Deduplication);
        Assert.Equal(logCount + 1, _rig.Store.Logs.Count()); // The other queue, and no ids.
    }

    [Fact]
    public void Policy_ChangesTheWindow_WhatIsOlderIsForgottenAndTheRestKnown()
    {
        Set(PolicyKind.User, ("message-deduplication", true), ("cache-ttl", 60_000));
        Send("old");
        _rig.Advance(20_000);
        Send("young");
        Set(PolicyKind.User, ("message-deduplication", true), ("cache-ttl", 10_000));
        Send("old", "young");
        Assert.Equal(["old", "young", "old"], _rig.Take(3));

        _rig.Advance(12_000);
        Assert.Equal(0, SeenIds.Count); // Although nobody published.
    }

    [Fact]
    public void Policy_LowersTheCount_TheOldestAreForgottenWithoutAPublish()
    {
        Set(PolicyKind.User, ("message-deduplication", true));
        Send([.. Enumerable.Range(0, 10_000).Select(i => $"{i}")]);
        Assert.Equal(10_000, SeenIds.Count);
        Set(PolicyKind.User, ("message-deduplication", true), ("cache-size", 10));
        _rig.AdvanceBeyond(100);

        Assert.Equal(10, SeenIds.Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Restart_IdsSeenInsideTheWindow_AreStillKnown(bool isClean)
    {
        Set(PolicyKind.Operator, ("message-deduplication", true), ("cache-ttl", 60_000));
        Send("a", "b");
        Restart(isClean);
        Send("a", "b", "c");
        Assert.Equal(["a", "b", "c"], _rig.Take(3));

        Delete(PolicyKind.Operator);
        Restart(isClean);
        Send("a");
        Assert.Equal(["a"], _rig.Take(1));
        Set(PolicyKind.Operator, ("message-deduplication", true));
        Restart(isClean);
        Send("a", "a");
        Assert.Equal(["a"], _rig.Take(1));
    }

    [Fact]
    public void Restart_ACrashCameBetweenThePolicyAndItsQueues_TheyFollow()
    {
        Policy policy = Make(PolicyKind.User, ("message-deduplication", true));
        Put(change => change.Put(StoredPolicy.Key("/", policy.Kind, policy.Name), StoredPolicy.Value(policy)));
        Restart(isClean: false);
        Send("a", "a");
        Assert.Equal(["a"], _rig.Take(1));
        int logCount = _rig.Store.Logs.Count();

        Put(change => change.Delete(StoredPolicy.Key("/", policy.Kind, policy.Name)));
        Restart(isClean: false);
        Assert.Null(_rig.Queue.Effective.Deduplication);
        Assert.Equal(logCount - 1, _rig.Store.Logs.Count());
        Send("a");
        Assert.Equal(["a"], _rig.Take(1));
    }

    [Fact]
    public void Effective_ArgumentsPolicyAndOperator_AreCombined()
    {
        Queue queue = _rig.Declare("strict", new FieldTable { ["x-message-deduplication"] = true, ["x-cache-ttl"] = 500, ["x-cache-size"] = 50 });
        Queue unwilling = _rig.Declare("unwilling", new FieldTable { ["x-message-deduplication"] = false });
        Set(PolicyKind.User, ("message-deduplication", true), ("cache-ttl", 1_000), ("cache-size", 40), ("deduplication-header", "of-user"));
        Set(PolicyKind.Operator, ("message-deduplication", false), ("cache-ttl", 2_000), ("cache-size", 30), ("deduplication-header", "of-operator"));

        Assert.Equal(new DeduplicationRule("of-operator", 30, 500), queue.Effective.Deduplication);
        Assert.Null(unwilling.Effective.Deduplication);
        Assert.Null(_rig.Queue.Effective.Deduplication); // The operator has switched it off.
        Delete(PolicyKind.Operator);
        Assert.Equal(new DeduplicationRule("of-user", 40, 1_000), _rig.Queue.Effective.Deduplication);
    }

    [Fact]
    public async Task Policy_SwitchedWhileMessagesCome_EachIsTakenAtLeastOnceAsync()
    {
        const int Count = 400;
        Task sending = Task.Run(() =>
        {
            for (int i = 0; i < Count; i++)
            {
                Send($"{i}");
            }
        });
        while (!sending.IsCompleted)
        {
            Set(PolicyKind.User, ("message-deduplication", true));
            Delete(PolicyKind.User);
        }

        await sending;
        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"{i}"), _rig.Take(Count));
    }

    [Theory]
    [InlineData("message-deduplication", "yes", "<<\"yes\">> is not a valid message-deduplication value")]
    [InlineData("deduplication-header", "", "<<\"\">> is not a valid deduplication header name")]
    [InlineData("cache-size", 0, "0 is not a valid cache size")]
    [InlineData("cache-size", 10_000_001, "10000001 is not a valid cache size")]
    [InlineData("cache-ttl", 0, "0 is not a valid cache TTL")]
    public void Policy_WrongValue_IsRefused(string name, object value, string problem)
    {
        RefusedException refused = Assert.Throws<RefusedException>(() => Make(PolicyKind.User, (name, value)));

        Assert.Contains(problem, refused.Message, StringComparison.Ordinal);
    }

    private SeenIds SeenIds => ((SharedQueue)_rig.Queue).SeenIds!;

    private static Policy Make(PolicyKind kind, params (string Name, object Value)[] settings)
    {
        var definition = new FieldTable();
        foreach ((string name, object value) in settings)
        {
            definition[name] = value;
        }

        return Policy.Create(kind, "p", ".*", PolicyTarget.Queues, priority: 0, definition);
    }

    private void Set(PolicyKind kind, params (string Name, object Value)[] settings) => _rig.Note(_rig.Host.Policies.Set(Make(kind, settings)));

    private void Delete(PolicyKind kind)
    {
        Assert.True(_rig.Host.Policies.TryDelete(kind, "p", out ulong index));
        _rig.Note(index);
    }

    /// <summary>Changes what is stored and nothing else.</summary>
    private void Put(Action<TopologyChange> add)
    {
        var change = new TopologyChange(_rig.Store.Metadata);
        add(change);
        _rig.Note(change.Apply());
    }

    private void Restart(bool isClean)
    {
        if (isClean)
        {
            _rig.Restart();
            return;
        }

        _rig.Crash(() => { });
    }

    /// <summary>Publishes persistent messages in one batch, each with its message-id as body.</summary>
    private void Send(params string[] ids)
    {
        var batch = new PublishBatch();
        var source = new List<byte>();
        foreach (string id in ids)
        {
            byte[] body = Encoding.UTF8.GetBytes(id);
            byte[] properties = [0x00, 0x80, (byte)body.Length, .. body];
            int item = batch.Add();
            batch[item] = new PublishItem
            {
                Head = new MessageHead(MessageOrigin.Amqp091, MessageFlags.Persistent, 0, 0, 0),
                PropertiesStart = source.Count,
                PropertiesBytes = properties.Length,
                BodyStart = source.Count + properties.Length,
                BodyBytes = body.Length,
            };
            source.AddRange(properties);
            source.AddRange(body);
            batch.Route(item, _rig.Queue);
        }

        DispatchBatch dispatch = DispatchBatch.Begin();
        _rig.Note(batch.Publish(source.ToArray(), dispatch));
        dispatch.Flush();
    }
}
