namespace Ropeway.Storage.Tests;

public sealed class HorizonTrackTests
{
    [Fact]
    public void Durable_BeforeTheCommit_StaysWhereItWas()
    {
        var track = new HorizonTrack(10);
        track.Add(100, index: 5, committedIndex: 4);
        Assert.Equal((10, 100), (track.Durable, track.Pending));

        track.Roll(committedIndex: 5);
        Assert.Equal((100, 100), (track.Durable, track.Pending));
    }

    [Fact]
    public void Lowered_FallsAtOnce_AndNoHigherOneOnItsWayRaisesIt()
    {
        var track = new HorizonTrack(10);
        track.Add(100, index: 5, committedIndex: 4);
        track.Add(200, index: 6, committedIndex: 4);
        track.Add(50, index: 7, committedIndex: 5);
        Assert.Equal((50, 50), (track.Durable, track.Pending));

        track.Roll(committedIndex: 6);
        Assert.Equal(50, track.Durable);
        track.Add(300, index: 8, committedIndex: 7);
        Assert.Equal(50, track.Durable);
        track.Roll(committedIndex: 8);
        Assert.Equal(300, track.Durable);
    }
}
