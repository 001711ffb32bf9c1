using System.Globalization;
using Ropeway.Core.Delays;
using Ropeway.Core.Queues;
using Ropeway.Core.Routing;
using Ropeway.Core.Tests.Queues;
using Ropeway.Core.Topology;
using Ropeway.Storage;

namespace Ropeway.Core.Tests.Delays;

/// <summary>Messages that wait: when they come, in which order, and what a restart leaves of them.</summary>
public sealed class DelayLogTests : IDisposable
{
    private readonly DelayRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void Delay_TimesCome_MessagesEnterTheQueueInTheirOrder()
    {
        _rig.Send(("c", 3_000), ("a", 1_000), ("b", 2_000));

        _rig.Advance(999);
        Assert.Equal(3, _rig.Delays.Count);

        _rig.AdvanceBeyond(1);
        Assert.Equal(["a"], _rig.Take(1));

        _rig.AdvanceBeyond(2_000);
        Assert.Equal(["b", "c"], _rig.Take(2));
        ExpectNothingWaits();
    }

    [Fact]
    public void Delay_MessageIsDue_TakesItsOffsetThen()
    {
        _rig.Send(("late", 1_000));
        _rig.SendNow("early");
        _rig.AdvanceBeyond(1_000);

        Assert.Equal(["early", "late"], _rig.Take(2));
    }

    [Fact]
    public void Delay_EqualTimesOverSeveralSlices_KeepTheOrderOfPublishing()
    {
        string[] bodies = [.. Enumerable.Range(0, 1_000).Select(i => i.ToString(CultureInfo.InvariantCulture))];
        foreach (string[] part in bodies.Chunk(300))
        {
            _rig.Send([.. part.Select(body => (body, 5_000L))]);
        }

        _rig.AdvanceBeyond(5_000);

        Assert.Equal(bodies, _rig.Take(1_000));
        ExpectNothingWaits();
    }

    [Fact]
    public void Delay_TimeOfAnEarlierMessageSetLater_IsKept()
    {
        _rig.Send(("b", 10_000));
        _rig.Send(("a", 1_000));

        _rig.AdvanceBeyond(1_000);

        Assert.Equal(["a"], _rig.Take(1));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Restart_MessagesWait_DueOnesGoAtOnceInTheirOrderAndOthersLater(bool isClean)
    {
        _rig.Send([.. Enumerable.Range(0, 600).Select(i => ($"{i}", 1_000L + (599 - i)))]);
        _rig.Send(("later", 60_000));

        Restart(isClean, pauseMs: 20_000);

        Assert.Equal([.. Enumerable.Range(0, 600).Reverse().Select(i => $"{i}")], _rig.Take(600));
        Assert.Equal(1, _rig.Delays.Count);
        _rig.AdvanceBeyond(40_000);
        Assert.Equal(["later"], _rig.Take(1));
        ExpectNothingWaits();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Restart_MessagesHaveGone_DoNotComeAgain(bool isClean)
    {
        _rig.Send(("a", 1_000), ("b", 2_000));
        _rig.AdvanceBeyond(1_000);
        Assert.Equal(["a"], _rig.Take(1));
        _rig.SendNow("mark"); // What is durable after it covers that "a" has gone.
        Assert.Equal(["mark"], _rig.Take(1));

        Restart(isClean, pauseMs: 1_000);

        Assert.Equal(["b"], _rig.Take(1));
    }

    [Fact]
    public void Restart_TransientMessagesWait_AreLost()
    {
        _rig.Send(persistent: false, "q", _rig.Host.DefaultExchange, ("transient", 1_000));
        _rig.Send(("persistent", 1_000));

        Restart(isClean: true, pauseMs: 1_000);

        Assert.Equal(["persistent"], _rig.Take(1));
        ExpectNothingWaits();
    }

    [Fact]
    public async Task Delay_BodyInAFileOfItsOwn_ComesWithItsBodyAsync()
    {
        string body = new('x', 1_500_000);
        await _rig.SendExternalAsync(body, 1_000);

        Restart(isClean: true, pauseMs: 1_000);

        Assert.Equal([body], _rig.Take(1));
        _rig.Store.Checkpoint();
        Assert.Equal(0, _rig.Store.GetStatistics().BodyCount);
    }

    [Fact]
    public void Delay_LargeMessages_ComeInSlicesOfFewBytes()
    {
        string[] bodies = [.. Enumerable.Range(0, 12).Select(i => new string((char)('a' + i), 300_000))];
        _rig.Send([.. bodies.Select(body => (body, 1_000L))]);

        _rig.AdvanceBeyond(1_000);

        Assert.Equal(bodies, _rig.Take(12));
    }

    [Fact]
    public void Delay_BindingChangesBeforeTheTime_IsRoutedAsItIsThen()
    {
        Exchange exchange = _rig.Host.DeclareExchange(new ExchangeSettings("x", ExchangeType.Fanout, Durable: true, AutoDelete: false, Internal: false, Arguments: null)).Exchange;
        _rig.Send(persistent: true, "any", exchange, ("m", 1_000));
        _rig.Host.BindQueue("x", "q", string.Empty, arguments: null, owner: null);

        _rig.AdvanceBeyond(1_000);

        Assert.Equal(["m"], _rig.Take(1));
    }

    [Fact]
    public void Delay_ExchangeIsDeletedBeforeTheTime_MessageIsDropped()
    {
        Exchange exchange = _rig.Host.DeclareExchange(new ExchangeSettings("x", ExchangeType.Fanout, Durable: true, AutoDelete: false, Internal: false, Arguments: null)).Exchange;
        _rig.Host.BindQueue("x", "q", string.Empty, arguments: null, owner: null);
        _rig.Send(persistent: true, "any", exchange, ("m", 1_000));
        _rig.Host.DeleteExchange("x", ifUnused: false);

        _rig.AdvanceBeyond(1_000);

        ExpectNothingWaits();
        Assert.Equal(0, _rig.Queue.MessageCount);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void TryCancel_MessageWaits_DoesNotCome(bool isClean)
    {
        _rig.Send(("a", 1_000), ("b", 1_000), ("c", 1_000));
        DelayEntry[] entries = [.. _rig.Delays.List(DelayEntry.First, 10)];

        _rig.Cancel(entries[1].Id);
        Assert.False(_rig.Delays.TryCancel(entries[1].Id, out _));
        Assert.False(_rig.Delays.TryCancel(99, out _));
        Assert.False(_rig.Delays.TryCancel(-1, out _));
        Assert.Equal([entries[0], entries[2]], _rig.Delays.List(DelayEntry.First, 10));
        Restart(isClean, pauseMs: 1_000);

        Assert.Equal(["a", "c"], _rig.Take(2));
    }

    [Fact]
    public void TryCancel_MostOfMany_LeavesTheOthersInOrder()
    {
        _rig.Send([.. Enumerable.Range(0, 3_000).Select(i => ($"{i}", 10_000L + i))]);
        foreach (DelayEntry entry in _rig.Delays.List(DelayEntry.First, 3_000).Where(entry => entry.Id % 100 != 7))
        {
            _rig.Cancel(entry.Id);
        }

        Assert.Equal(30, _rig.Delays.Count);
        _rig.AdvanceBeyond(20_000);

        Assert.Equal([.. Enumerable.Range(0, 30).Select(i => $"{(i * 100) + 7}")], _rig.Take(30));
    }

    [Fact]
    public void List_Pages_AreInTheOrderOfTheTimes()
    {
        _rig.Send([.. Enumerable.Range(0, 50).Select(i => ($"{i}", 1_000L + (i * 37 % 50 / 2)))]);

        var listed = new List<DelayEntry>();
        DelayEntry last = DelayEntry.First;
        while (_rig.Delays.List(last, 7) is { Count: > 0 } page)
        {
            listed.AddRange(page);
            last = page[^1];
        }

        Assert.Equal(50, listed.Count);
        Assert.Equal(listed.Order(), listed);
        Assert.Equal(_rig.NowMs + 1_000, listed[0].DueMs);
    }

    [Fact]
    public void DeleteHost_MessagesWait_GoWithItAndTheNextStartFindsNothing()
    {
        _rig.Broker.VirtualHosts.Create("other", out VirtualHost other);
        Assert.True(other.TryEnsureDelays(out _));
        int logCount = _rig.Store.Logs.Count();

        _rig.Broker.VirtualHosts.Delete("other");

        Assert.False(other.TryEnsureDelays(out DelayLog? left) && left.TryCancel(0, out _));
        Assert.Equal(logCount - 1, _rig.Store.Logs.Count());
        _rig.Restart();
        Assert.Equal(["/"], _rig.Broker.VirtualHosts.All.Select(host => host.Name));
    }

    private void Restart(bool isClean, long pauseMs)
    {
        if (isClean)
        {
            _rig.Restart(() => _rig.Advance(pauseMs));
        }
        else
        {
            _rig.Crash(() => _rig.Advance(pauseMs));
        }

        _rig.AdvanceBeyond(0);
    }

    private void ExpectNothingWaits() => Assert.True(SpinWait.SpinUntil(() => _rig.Delays.Count == 0, RecordingTarget.Deadline));
}
