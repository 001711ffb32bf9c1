using Ropeway.TestKit;
using Ropeway.TestKit.History;
using Ropeway.TestKit.Wire;

namespace Ropeway.Faults.Tests;

/// <summary>Takes messages of a queue, acknowledges them one by one, and lets every fiftieth ack be settled by a reply. One thread.</summary>
internal sealed class BackupConsumer(string queue, BackupHistory history) : IWireEvents
{
    private const ushort Channel = 1;
    private const int AcksPerReply = 50;

    private readonly List<(ulong Tag, long Sequence)> _arrived = [];
    private readonly List<long> _acked = [];

    public void OnMessage(in WireDelivery delivery)
    {
        if (!MessageBody.TryRead(delivery.Body, out _, out long sequence))
        {
            throw new InvalidOperationException($"'{queue}' gave a message with a wrong checksum.");
        }

        _arrived.Add((delivery.Tag, sequence));
    }

    public void OnConfirm(WireConfirm confirm) => throw new InvalidOperationException("Nothing is confirmed to a consumer.");

    public void Run(BrokerEndpoint endpoint, CancellationToken stop)
    {
        using WireConnection connection = WireConnection.Open(endpoint, this);
        connection.OpenChannel(Channel);
        connection.SetPrefetch(Channel, 100);
        connection.Consume(Channel, queue, "backup");
        while (!stop.IsCancellationRequested)
        {
            connection.Pump(100);
            foreach ((ulong tag, long sequence) in _arrived)
            {
                history.Acknowledge(sequence);
                _acked.Add(sequence);
                connection.Ack(Channel, tag, isMultiple: false);
            }

            _arrived.Clear();
            connection.Flush();
            if (_acked.Count >= AcksPerReply)
            {
                long[] settled = [.. _acked];
                _acked.Clear();
                connection.DeclareQueue(Channel, queue, isPassive: true);
                Array.ForEach(settled, history.Settle);
            }
        }

        connection.Close();
    }

    /// <summary>Takes everything out of a queue.</summary>
    /// <returns>The sequences in the order of the queue.</returns>
    public static List<long> Drain(BrokerEndpoint endpoint, string queue)
    {
        List<long> found = [];
        BackupConsumer drain = new(queue, new BackupHistory());
        using WireConnection connection = WireConnection.Open(endpoint, drain);
        connection.OpenChannel(Channel);
        while (connection.Get(Channel, queue))
        {
            found.AddRange(drain._arrived.Select(arrived => arrived.Sequence));
            drain._arrived.Clear();
        }

        connection.Close();
        return found;
    }
}
