using Ropeway.TestKit;
using Ropeway.TestKit.Wire;

namespace Ropeway.Conformance.Tests;

/// <summary>Consumes with prefetch 1, acknowledges each message when it is handled, and counts.</summary>
internal sealed class CountingConsumer : IWireEvents, IDisposable
{
    private const ushort Channel = 1;

    private readonly WireConnection _connection;

    public CountingConsumer(BrokerEndpoint endpoint, string queue)
    {
        _connection = WireConnection.Open(endpoint, this);
        _connection.OpenChannel(Channel);
        _connection.SetPrefetch(Channel, 1);
        _connection.Consume(Channel, queue, "");
    }

    public int Count { get; private set; }

    public void OnMessage(in WireDelivery delivery)
    {
        Count++;
        _connection.Ack(Channel, delivery.Tag, isMultiple: false);
    }

    public void OnConfirm(WireConfirm confirm)
    {
        // It publishes nothing.
    }

    /// <summary>Waits for the next message and acknowledges it.</summary>
    public void HandleOne()
    {
        for (int before = Count; Count == before;)
        {
            Assert.True(_connection.Pump(TestDeadline.Milliseconds), "A consumer with credit got nothing.");
        }

        _connection.Flush();
    }

    public void Dispose() => _connection.Dispose();
}
