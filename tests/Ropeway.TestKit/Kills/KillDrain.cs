using Ropeway.TestKit.History;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Kills;

/// <summary>Empties one queue at the end of a kill run, alone, in strict order, acknowledging everything.</summary>
internal sealed class KillDrain(DeliveryHistory history, string queue) : IWireEvents
{
    private const ushort Channel = 1;
    private const int AckEvery = 100;

    private WireConnection _connection = null!;
    private int _session;
    private int _sinceAck;
    private ulong _lastTag;

    public void OnMessage(in WireDelivery delivery)
    {
        history.Deliver(_session, delivery.Tag, delivery.Body, delivery.IsRedelivered);
        _lastTag = delivery.Tag;
        if (++_sinceAck == AckEvery)
        {
            Acknowledge();
        }
    }

    public void OnConfirm(WireConfirm confirm)
    {
        // It publishes nothing.
    }

    public void Execute(BrokerEndpoint endpoint)
    {
        using WireConnection connection = WireConnection.Open(endpoint, this);
        _connection = connection;
        connection.OpenChannel(Channel);
        connection.SetPrefetch(Channel, 4 * AckEvery);
        _session = history.StartSession(queue, isStrict: true);
        connection.Consume(Channel, queue, "drain");
        for (int emptyRounds = 0; emptyRounds < 3;)
        {
            connection.Flush(); // What came with the reply may have taken all of the prefetch: nothing comes before it is acknowledged.
            bool any = connection.Pump(300);
            Acknowledge();
            connection.Flush();
            long mark = history.MarkAcks(_session);
            bool isEmpty = connection.DeclareQueue(Channel, queue, isPassive: true) == 0;
            history.Settle(_session, mark);
            emptyRounds = any || !isEmpty ? 0 : emptyRounds + 1;
        }

        history.EndSession(_session);
        connection.Close();
    }

    private void Acknowledge()
    {
        if (_sinceAck > 0)
        {
            _sinceAck = 0;
            history.Acknowledge(_session, _lastTag, isMultiple: true);
            _connection.Ack(Channel, _lastTag, isMultiple: true);
        }
    }
}
