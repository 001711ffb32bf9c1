using Ropeway.Transport;

namespace Ropeway.Server.Tests;

/// <summary>Sends back what comes; says goodbye when the broker stops.</summary>
internal sealed class EchoSession(IConnection connection, List<string> steps) : ISession
{
    public ConsumeResult Consume(ReadOnlySpan<byte> received)
    {
        Write(received);
        return new ConsumeResult(received.Length, ConsumeStatus.Continue);
    }

    public void OnTick(long nowMs)
    {
    }

    public void OnClosed(ConnectionCloseReason reason) => steps.Add($"closed {reason}");

    public void BeginStop(string reason)
    {
        Write("goodbye"u8);
        connection.Close();
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        lock (connection.Outbox.Gate)
        {
            bytes.CopyTo(connection.Outbox.GetSpan(bytes.Length));
            connection.Outbox.Advance(bytes.Length);
        }
    }
}
