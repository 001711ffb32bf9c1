using Ropeway.TestKit.History;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Kills;

/// <summary>Declares, binds, unbinds and deletes until the kill; afterwards every confirmed change must still be there.</summary>
internal sealed class KillChurn(KillContext context) : KillWorker("churn", context)
{
    private const ushort Channel = 1;
    private const int QueuesPerEpochMax = 300;

    private readonly Dictionary<string, ChurnState> _states = new(StringComparer.Ordinal);
    private readonly HashSet<string> _exchanges = new(StringComparer.Ordinal);
    private readonly HashSet<string> _returned = new(StringComparer.Ordinal);
    private int _epoch;

    /// <summary>Changes whose survival was checked.</summary>
    public int CheckCount { get; private set; }

    public override void OnMessage(in WireDelivery delivery)
    {
        if (delivery.Method == WireMethod.BasicReturn)
        {
            _returned.Add(System.Text.Encoding.UTF8.GetString(delivery.Body));
        }
    }

    public override void OnConfirm(WireConfirm confirm)
    {
        // Its publishes are checked by what is returned.
    }

    /// <summary>After a restart, with no worker running: compares the broker with what it had confirmed, then removes it all.</summary>
    public void Verify(BrokerEndpoint endpoint)
    {
        using WireConnection connection = WireConnection.Open(endpoint, this);
        ushort channel = 1;
        connection.OpenChannel(channel);
        foreach (string exchange in _exchanges)
        {
            CheckCount++;
            if (!ExchangeExists(connection, ref channel, exchange))
            {
                History.Report(ViolationKind.TopologyLost, $"exchange {exchange} was declared and is gone");
            }
        }

        foreach ((string name, ChurnState state) in _states)
        {
            CheckQueue(connection, ref channel, name, state);
        }

        _states.Clear();
        _exchanges.Clear();
    }

    protected override void Work(BrokerEndpoint endpoint)
    {
        _epoch++;
        using WireConnection connection = WireConnection.Open(endpoint, this);
        connection.OpenChannel(Channel);
        string exchange = $"{KillTopology.Churn}.{_epoch}";
        connection.DeclareExchange(Channel, exchange, "topic");
        _exchanges.Add(exchange);
        for (int number = 0; !IsClosing; number++)
        {
            if (number >= QueuesPerEpochMax)
            {
                ReadToEnd(connection);
                return;
            }

            string name = $"{KillTopology.Churn}.{_epoch}.{number}";
            _states[name] = ChurnState.Unknown;
            connection.DeclareQueue(Channel, name);
            _states[name] = ChurnState.Declared;
            connection.BindQueue(Channel, name, KillTopology.Churn, name);
            _states[name] = ChurnState.Bound;
            string older = $"{KillTopology.Churn}.{_epoch}.{Random.Next(0, number + 1)}";
            if (Random.OneIn(3) && _states[older] == ChurnState.Bound)
            {
                Undo(connection, older);
            }
        }
    }

    private void Undo(WireConnection connection, string name)
    {
        _states[name] = ChurnState.Unknown;
        if (Random.OneIn(2))
        {
            connection.Output.Method(Channel, WireMethod.QueueUnbind).U16(0).ShortString(name).ShortString(KillTopology.Churn).ShortString(name).EmptyTable().End();
            connection.Await(Channel, WireMethod.QueueUnbindOk);
            _states[name] = ChurnState.Unbound;
        }
        else
        {
            connection.DeleteQueue(Channel, name);
            _states[name] = ChurnState.Deleted;
        }
    }

    private static bool ExchangeExists(WireConnection connection, ref ushort channel, string exchange) => Succeeds(connection, ref channel, open =>
    {
        connection.Output.Method(open, WireMethod.ExchangeDeclare).U16(0).ShortString(exchange).ShortString("topic").U8(3).EmptyTable().End();
        connection.Await(open, WireMethod.ExchangeDeclareOk);
    });

    /// <summary>A failing method closes its channel; the next one is taken then.</summary>
    private static bool Succeeds(WireConnection connection, ref ushort channel, Action<ushort> act)
    {
        try
        {
            act(channel);
            return true;
        }
        catch (WireClosedException cause) when (cause.Method == WireMethod.ChannelClose)
        {
            connection.Output.Method(channel, WireMethod.ChannelCloseOk).End();
            connection.OpenChannel(++channel);
            return false;
        }
    }

    private void CheckQueue(WireConnection connection, ref ushort channel, string name, ChurnState state)
    {
        bool exists = Succeeds(connection, ref channel, open => connection.DeclareQueue(open, name, isPassive: true));
        CheckCount += state == ChurnState.Unknown ? 0 : 1;
        if (state == ChurnState.Deleted && exists)
        {
            History.Report(ViolationKind.TopologyLost, $"queue {name} was deleted and is back");
        }
        else if (state is ChurnState.Declared or ChurnState.Bound or ChurnState.Unbound && !exists)
        {
            History.Report(ViolationKind.TopologyLost, $"queue {name} was {state} and is gone");
        }

        if (!exists)
        {
            return;
        }

        connection.Output.Publish(channel, new WirePublish(KillTopology.Churn, name, IsMandatory: true), System.Text.Encoding.UTF8.GetBytes(name), connection.FrameBytesMax);
        connection.SetPrefetch(channel, 1); // Its reply comes behind a return.
        bool isBound = !_returned.Remove(name);
        if ((state == ChurnState.Bound && !isBound) || (state == ChurnState.Unbound && isBound))
        {
            History.Report(ViolationKind.TopologyLost, $"queue {name} was {state} and is {(isBound ? "bound" : "not bound")}");
        }

        connection.DeleteQueue(channel, name);
    }
}
