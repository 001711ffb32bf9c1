using System.Diagnostics;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Long;

/// <summary>Publishes transient mandatory messages with many routing keys, with confirms; a message that no queue takes ends the run.</summary>
internal sealed class KeyedPublisher : IWireEvents, IDisposable
{
    private const ushort Channel = 1;
    private const int BodyBytes = 16;
    private const int WindowCount = 2000;
    private const int WriteCount = 200;

    private readonly WireConnection _connection;
    private readonly ConfirmTracker _confirms = new();
    private readonly byte[] _body = new byte[BodyBytes];
    private long _publishedCount;

    public KeyedPublisher(BrokerEndpoint endpoint)
    {
        _connection = WireConnection.Open(endpoint, this);
        _connection.OpenChannel(Channel);
        _connection.SelectConfirms(Channel);
    }

    void IWireEvents.OnMessage(in WireDelivery delivery) => throw new InvalidOperationException("A message was returned: its binding is missing.");

    void IWireEvents.OnConfirm(WireConfirm confirm) => _confirms.Take(confirm);

    /// <summary>Publishes one message after the other and waits until all are confirmed.</summary>
    /// <param name="exchange">Where to.</param>
    /// <param name="keys">Taken in turns.</param>
    /// <param name="count">How many.</param>
    /// <returns>Messages a second.</returns>
    public double Publish(string exchange, string[] keys, int count)
    {
        long started = Stopwatch.GetTimestamp();
        for (int number = 0; number < count; number++)
        {
            var target = new WirePublish(exchange, keys[number % keys.Length], IsMandatory: true, IsTransient: true);
            _connection.Output.Publish(Channel, target, _body, _connection.FrameBytesMax);
            _publishedCount++;
            if ((number + 1) % WriteCount == 0)
            {
                _connection.Flush();
                AwaitConfirms(_publishedCount - WindowCount);
            }
        }

        _connection.Flush();
        AwaitConfirms(_publishedCount);
        return count / Stopwatch.GetElapsedTime(started).TotalSeconds;
    }

    public void Dispose() => _connection.Dispose();

    private void AwaitConfirms(long count)
    {
        long started = Stopwatch.GetTimestamp();
        while ((long)_confirms.ConfirmedUpTo < count)
        {
            if (!_connection.Pump(1000) && Stopwatch.GetElapsedTime(started) > 4 * TestDeadline.Value)
            {
                throw new TimeoutException($"{count - (long)_confirms.ConfirmedUpTo} confirms did not come.");
            }
        }
    }
}
