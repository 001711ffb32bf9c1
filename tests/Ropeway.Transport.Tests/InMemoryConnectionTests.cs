namespace Ropeway.Transport.Tests;

public sealed class InMemoryConnectionTests
{
    [Fact]
    public void Feed_Echo_OutputIsCollected()
    {
        var connection = new InMemoryConnection();
        connection.Open(new TestProtocol(TestProtocol.Echo));
        connection.Feed("one"u8);
        connection.Feed("two"u8);
        Assert.Equal("onetwo"u8, connection.TakeOutput());
        Assert.Empty(connection.TakeOutput());
    }

    [Fact]
    public void Feed_WhilePaused_IsKeptUntilResume()
    {
        bool isOpen = false;
        var connection = new InMemoryConnection();
        connection.Open(new TestProtocol((session, received) =>
            isOpen ? TestProtocol.Echo(session, received) : new ConsumeResult(0, ConsumeStatus.Paused)));
        Assert.Equal(ConsumeStatus.Paused, connection.Feed("a"u8));
        Assert.Equal(ConsumeStatus.Paused, connection.Feed("b"u8));
        Assert.True(connection.IsPaused);
        isOpen = true;
        connection.Resume();
        Assert.Equal(ConsumeStatus.Continue, connection.ConsumeLeft());
        Assert.Equal("ab"u8, connection.TakeOutput());
    }

    [Fact]
    public void HoldsOutput_True_BacklogsUntilFalse()
    {
        var connection = new InMemoryConnection { HoldsOutput = true };
        int drained = 0;
        connection.Outbox.Drained = () => drained++;
        connection.Open(new TestProtocol(TestProtocol.Echo));
        byte[] much = new byte[TransportLimits.OutboxBytesMax];
        connection.Feed(much);
        connection.Feed("x"u8);
        Assert.True(connection.Outbox.IsBacklogged);
        Assert.Empty(connection.TakeOutput());
        connection.HoldsOutput = false;
        Assert.Equal(1, drained);
        Assert.Equal(much.Length + 1, connection.TakeOutput().Length);
    }

    [Fact]
    public void End_Twice_TellsTheSessionOnce()
    {
        var connection = new InMemoryConnection();
        var session = (TestSession)connection.Open(new TestProtocol(TestProtocol.Echo));
        connection.End(ConnectionCloseReason.PeerClosed);
        connection.End(ConnectionCloseReason.Reset);
        Assert.Equal(1, session.ClosedCount);
        Assert.True(connection.IsClosed);
    }
}
