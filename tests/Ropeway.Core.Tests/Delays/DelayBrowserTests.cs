using System.Text;
using Ropeway.Core.Delays;

namespace Ropeway.Core.Tests.Delays;

/// <summary>Looking at delayed messages, and sending one at once.</summary>
public sealed class DelayBrowserTests : IDisposable
{
    private readonly DelayRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task List_Pages_ShowAllInTheOrderOfTheirTimes()
    {
        _rig.Send([.. Enumerable.Range(0, 1200).Select(i => ($"m{i}", 1_200_000L - (i * 1000)))]);

        var seen = new List<long>();
        DelayEntry? next = DelayEntry.First;
        while (next is { } after)
        {
            (IReadOnlyList<DelayedMessage> page, next) = await new DelayBrowser(_rig.Delays).ListAsync(after, 70, static _ => true, CancellationToken.None);
            seen.AddRange(page.Select(message => message.Entry.Id));
        }

        Assert.Equal(Enumerable.Range(0, 1200).Reverse().Select(i => (long)i), seen);
    }

    [Fact]
    public async Task List_OneMessage_TellsWhatItIs()
    {
        _rig.Send(("hello", 5_000));

        (IReadOnlyList<DelayedMessage> page, DelayEntry? next) = await new DelayBrowser(_rig.Delays).ListAsync(DelayEntry.First, 10, static _ => true, CancellationToken.None);

        DelayedMessage message = Assert.Single(page);
        Assert.Null(next);
        Assert.Equal((_rig.NowMs + 5_000, "", "q", 5, true, _rig.NowMs), (
            message.Entry.DueMs,
            Encoding.UTF8.GetString(message.Exchange),
            Encoding.UTF8.GetString(message.RoutingKey),
            message.BodyBytes,
            message.IsPersistent,
            message.TimestampMs));
    }

    [Fact]
    public async Task SendNow_OneOfSeveral_GoesOnAtOnceAndOnce()
    {
        _rig.Send(("a", 1_000), ("b", 60_000), ("c", 2_000));

        Assert.True(_rig.Delays.TrySendNow(1));
        _rig.AdvanceBeyond(0);
        Assert.Equal(["b"], _rig.Take(1));
        Assert.False(_rig.Delays.TrySendNow(1));
        Assert.Null(await new DelayBrowser(_rig.Delays).FindAsync(1, CancellationToken.None));
        _rig.AdvanceBeyond(120_000);
        Assert.Equal(["a", "c"], _rig.Take(2));
    }

    [Fact]
    public void SendNow_WhatWasCancelledOrNeverThere_IsRefused()
    {
        _rig.Send(("a", 1_000));
        _rig.Cancel(0);

        Assert.False(_rig.Delays.TrySendNow(0));
        Assert.False(_rig.Delays.TrySendNow(7));
        Assert.False(_rig.Delays.TrySendNow(-1));
    }

    [Fact]
    public async Task List_AfterARestart_ReadsTheDisk()
    {
        _rig.Send(("a", 60_000), ("b", 30_000));
        _rig.Restart();
        Assert.True(SpinWait.SpinUntil(() => _rig.Delays.List(DelayEntry.First, 9).Count == 2 || Advanced(), Queues.RecordingTarget.Deadline));

        (IReadOnlyList<DelayedMessage> page, _) = await new DelayBrowser(_rig.Delays).ListAsync(DelayEntry.First, 10, static _ => true, CancellationToken.None);

        Assert.Equal([1, 0], page.Select(message => message.Entry.Id));

        bool Advanced()
        {
            _rig.Advance(1);
            return false;
        }
    }
}
