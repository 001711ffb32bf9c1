using Microsoft.Extensions.Time.Testing;
using Ropeway.Core.Tests.Queues;
using Ropeway.Core.Timing;

namespace Ropeway.Core.Tests.Timing;

public sealed class DeadlinesTests : IDisposable
{
    private readonly FakeTimeProvider _time = new();
    private readonly Deadlines _deadlines;
    private readonly List<string> _called = [];

    public DeadlinesTests()
    {
        _deadlines = new Deadlines(_time);
        _deadlines.Start();
    }

    public void Dispose() => _deadlines.Dispose();

    [Fact]
    public void Set_DeadlineComes_IsCalledWithinATick()
    {
        Set("a", 1_000);

        Advance(999);
        Assert.Empty(_called);

        Advance(1 + Deadlines.TickMs);
        Assert.Equal(["a"], _called);
        Assert.Equal(0, _deadlines.Count);
    }

    [Fact]
    public void Set_SeveralItems_AreCalledInOrderOfTheirDeadlines()
    {
        Set("c", 3_000);
        Set("a", 1_000);
        Set("b", 2_000);

        Advance(5_000);

        Assert.Equal(["a", "b", "c"], _called);
    }

    [Fact]
    public void Run_ItemThatFails_IsToldAndTheOthersAreCalled()
    {
        Set("a", 1_000).Then = _ => throw new InvalidOperationException("no");
        Set("b", 1_000);

        Advance(1_000 + Deadlines.TickMs);

        Assert.Equal(["a", "a: no", "b"], _called);
    }

    [Fact]
    public void Set_DeadlineInThePast_IsCalledAtOnce()
    {
        Set("a", -5_000);

        Advance(Deadlines.TickMs);

        Assert.Equal(["a"], _called);
    }

    [Fact]
    public void Set_Again_MovesTheDeadline()
    {
        Item later = Set("later", 1_000);
        Item sooner = Set("sooner", 9_000);

        _deadlines.Set(later, _deadlines.NowMs + 9_000);
        _deadlines.Set(sooner, _deadlines.NowMs + 1_000);

        Advance(2_000);
        Assert.Equal(["sooner"], _called);
        Advance(8_000);
        Assert.Equal(["sooner", "later"], _called);
    }

    [Fact]
    public void Cancel_BeforeItsTime_IsNeverCalled()
    {
        Item item = Set("a", 1_000);
        Set("b", 2_000);

        _deadlines.Cancel(item);
        _deadlines.Cancel(item);
        Advance(5_000);

        Assert.Equal(["b"], _called);
    }

    [Fact]
    public void OnDue_SetsItselfAgain_IsCalledAgain()
    {
        Item item = Set("a", 1_000);
        item.Then = nowMs => _deadlines.Set(item, nowMs + 1_000);

        Advance(1_000 + Deadlines.TickMs);
        Advance(1_000 + Deadlines.TickMs);

        Assert.Equal(["a", "a"], _called);
    }

    [Fact]
    public void Set_YearsAhead_IsCalledThen()
    {
        Set("nservicebus", 134_217_728_000); // Longer than a timer of the framework can wait.

        Advance(134_217_727_000);
        Assert.Empty(_called);
        Advance(2_000);
        Assert.Equal(["nservicebus"], _called);
    }

    [Fact]
    public void Start_NotYetCalled_NothingIs()
    {
        using var deadlines = new Deadlines(_time);
        deadlines.Set(new Item("a", _called), 0);
        Advance(1_000);
        Assert.Empty(_called);

        deadlines.Start();
        Advance(Deadlines.TickMs);

        Assert.Equal(["a"], _called);
    }

    [Fact]
    public async Task Dispose_WhileOneIsCalled_WaitsForItsEnd()
    {
        using var deadlines = new Deadlines(TimeProvider.System);
        using var entered = new ManualResetEventSlim();
        using var goesOn = new ManualResetEventSlim();
        bool isDone = false;
        var item = new Item("a", _called)
        {
            Then = _ =>
            {
                entered.Set();
                goesOn.Wait(RecordingTarget.Deadline);
                isDone = true;
            },
        };
        deadlines.Set(item, 0);
        deadlines.Start();
        Assert.True(entered.Wait(RecordingTarget.Deadline));

        Task stop = Task.Run(deadlines.Dispose);
        Assert.False(stop.IsCompleted);
        goesOn.Set();

        await stop.WaitAsync(RecordingTarget.Deadline);
        Assert.True(isDone);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void SetAndCancel_AtRandom_AllAreCalledInOrder(int seed)
    {
        var random = new SeededNumbers(seed);
        Item[] items = [.. Enumerable.Range(0, 200).Select(n => new Item($"{n}", _called))];
        var expected = new Dictionary<Item, long>();
        for (int step = 0; step < 2_000; step++)
        {
            Item item = items[random.Next(items.Length)];
            if (random.Next(4) == 0)
            {
                _deadlines.Cancel(item);
                expected.Remove(item);
            }
            else
            {
                expected[item] = _deadlines.NowMs + 1 + random.Next(1_000_000);
                _deadlines.Set(item, expected[item]);
            }
        }

        Assert.Equal(expected.Count, _deadlines.Count);
        Advance(2_000_000);

        Assert.Equal(expected.Count, _called.Count);
        long[] dues = [.. _called.Select(name => expected.Single(pair => pair.Key.Name == name).Value)];
        Assert.Equal(dues.Order(), dues);
    }

    private Item Set(string name, long inMs)
    {
        var item = new Item(name, _called);
        _deadlines.Set(item, _deadlines.NowMs + inMs);
        return item;
    }

    private void Advance(long ms) => _time.Advance(TimeSpan.FromMilliseconds(ms));

    private sealed class Item(string name, List<string> called) : Timed
    {
        public string Name { get; } = name;

        public Action<long>? Then { get; set; }

        protected internal override void OnDue(long nowMs)
        {
            called.Add(Name);
            Then?.Invoke(nowMs);
        }

        public override void OnFault(Exception fault) => called.Add($"{Name}: {fault.Message}");
    }
}
