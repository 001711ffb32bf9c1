using System.Threading.Channels;

namespace Ropeway.Transport.Tests;

/// <summary>Opens test sessions and hands them to the test in the order of their connections.</summary>
internal sealed class TestProtocol(ConsumeHandler consume) : IProtocol
{
    private readonly Channel<TestSession> _opened = Channel.CreateUnbounded<TestSession>();

    public string Name => "test";

    public static ConsumeResult Echo(TestSession session, ReadOnlySpan<byte> received)
    {
        session.Write(received);
        return new ConsumeResult(received.Length, ConsumeStatus.Continue);
    }

    public ISession Open(IConnection connection)
    {
        var session = new TestSession(connection, consume);
        _opened.Writer.TryWrite(session);
        return session;
    }

    public async Task<TestSession> NextSessionAsync() => await _opened.Reader.ReadAsync().AsTask().WithDeadlineAsync();
}
