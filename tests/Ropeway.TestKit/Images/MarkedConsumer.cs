using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Images;

/// <summary>Acknowledges all but the last messages of one queue, in batches whose settlement it waits for and marks. One thread.</summary>
internal sealed class MarkedConsumer(MarkedQueue queue, Func<long> now) : IWireEvents
{
    private const ushort Channel = 1;
    private const int Batch = 40;

    private int _receivedCount;

    public void OnMessage(in WireDelivery delivery) => _receivedCount++;

    public void OnConfirm(WireConfirm confirm)
    {
        // It publishes nothing.
    }

    /// <summary>Settles so many.</summary>
    public void Run(BrokerEndpoint endpoint, int count)
    {
        using WireConnection connection = WireConnection.Open(endpoint, this);
        connection.OpenChannel(Channel);
        connection.SetPrefetch(Channel, 4 * Batch);
        connection.Consume(Channel, queue.Name, "");
        while (queue.SettledCount < count)
        {
            int end = Math.Min(count, queue.SettledCount + Batch);
            while (_receivedCount < end)
            {
                if (!connection.Pump(TestDeadline.Milliseconds))
                {
                    throw new TimeoutException($"Only {_receivedCount} messages of {queue.Name} came.");
                }
            }

            queue.Acknowledge(end, now());
            connection.Ack(Channel, (ulong)end, isMultiple: true);
            connection.SetPrefetch(Channel, 4 * Batch);
            queue.Settle(end, now());
        }
    }
}
