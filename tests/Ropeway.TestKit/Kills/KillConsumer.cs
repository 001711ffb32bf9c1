using Ropeway.TestKit.History;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Kills;

/// <summary>Takes messages in one of several styles, and reports everything to the history before it does it.</summary>
internal sealed class KillConsumer : KillWorker
{
    private const int IdleRoundsMax = 10;

    private readonly ConsumerStyle _style;
    private readonly SortedSet<ulong> _held = [];
    private readonly Queue<(ulong Tag, long Mark)> _marks = new();
    private WireConnection _connection = null!;
    private ushort _channel;
    private int _session;
    private ulong _publishTag;
    private int _answeredSinceMark;
    private bool _isReacting;

    public KillConsumer(KillContext context, int number, ConsumerStyle style)
        : base($"consumer {number}", context) => _style = style;

    public override void OnMessage(in WireDelivery delivery)
    {
        if (delivery.Method == WireMethod.BasicReturn || delivery.Channel != _channel)
        {
            return;
        }

        History.Deliver(_session, delivery.Tag, delivery.Body, delivery.IsRedelivered);
        if (_isReacting)
        {
            _held.Add(delivery.Tag);
            React(delivery.Tag);
        }
    }

    public override void OnConfirm(WireConfirm confirm)
    {
        while (confirm.Channel == _channel && _marks.TryPeek(out (ulong Tag, long Mark) mark) && mark.Tag <= confirm.Tag)
        {
            // Single confirms may overtake each other; a later confirm settles the earlier marks all the same.
            History.Settle(_session, mark.Mark);
            _marks.Dequeue();
        }
    }

    protected override void Work(BrokerEndpoint endpoint)
    {
        while (!IsClosing)
        {
            using WireConnection connection = WireConnection.Open(endpoint, this);
            _connection = connection;
            _channel = 0;
            Begin();
            try
            {
                if (Consume() && !IsClosing)
                {
                    History.EndSession(_session); // It never hears when the broker notices, so the session is not reported as gone.
                    _isReacting = false;
                    connection.Drop();
                    continue;
                }
            }
            finally
            {
                if (IsClosing)
                {
                    ReadToEnd(connection);
                }
            }
        }
    }

    private void Begin()
    {
        _channel++;
        _held.Clear();
        _marks.Clear();
        (_publishTag, _answeredSinceMark) = (0, 0);
        _connection.OpenChannel(_channel);
        if (_style.SettlesByPublish)
        {
            _connection.SelectConfirms(_channel);
        }

        _session = History.StartSession(_style.Queue, _style.IsStrict);
        _isReacting = true;
        if (!_style.Fetches)
        {
            _connection.SetPrefetch(_channel, _style.Prefetch);
            _connection.Consume(_channel, _style.Queue, "");
        }
    }

    /// <summary>True: drop the connection now.</summary>
    private bool Consume()
    {
        int idleRounds = 0;
        while (!IsClosing)
        {
            bool any = _style.Fetches ? _connection.Get(_channel, _style.Queue) || _connection.Pump(10) : _connection.Pump(100);
            idleRounds = any ? 0 : idleRounds + 1;
            if (_answeredSinceMark >= 40)
            {
                SettleAnswered();
            }

            _connection.Flush();
            if (Happens(_style.DropOneIn))
            {
                return true;
            }

            if (Happens(_style.RecoverOneIn))
            {
                Recover();
            }

            if (Happens(_style.ReopenOneIn) || (idleRounds > IdleRoundsMax && !_style.IsStrict))
            {
                idleRounds = 0;
                Reopen();
            }
        }

        return false;
    }

    private void React(ulong tag)
    {
        if (Happens(_style.RequeueOneIn))
        {
            bool isMultiple = _style.AcksMultiple && Random.OneIn(5);
            History.Requeue(_session, tag, isMultiple);
            _connection.Requeue(_channel, tag, isMultiple);
            Forget(tag, isMultiple);
            return;
        }

        ulong oldest = _held.Min;
        if (_held.Count > _style.Prefetch / 2)
        {
            Acknowledge(oldest, isMultiple: false);
        }

        if (!_held.Contains(tag) || Happens(_style.HoldOneIn) || (_style.AcksMultiple && !Random.OneIn(20)))
        {
            return;
        }

        Acknowledge(tag, _style.AcksMultiple);
    }

    private void Acknowledge(ulong tag, bool isMultiple)
    {
        History.Acknowledge(_session, tag, isMultiple);
        _connection.Ack(_channel, tag, isMultiple);
        _answeredSinceMark += isMultiple ? _held.GetViewBetween(0, tag).Count : 1;
        Forget(tag, isMultiple);
    }

    private void Forget(ulong tag, bool isMultiple)
    {
        if (isMultiple)
        {
            _held.RemoveWhere(held => held <= tag);
        }
        else
        {
            _held.Remove(tag);
        }
    }

    private void SettleAnswered()
    {
        _answeredSinceMark = 0;
        long mark = History.MarkAcks(_session);
        if (_style.SettlesByPublish)
        {
            _connection.Output.Publish(_channel, new WirePublish("", KillTopology.Receipts), "done"u8, _connection.FrameBytesMax);
            _marks.Enqueue((++_publishTag, mark));
            return;
        }

        _connection.SetPrefetch(_channel, _style.Prefetch);
        History.Settle(_session, mark);
    }

    private void Recover()
    {
        _isReacting = false;
        History.BeginRecover(_session);
        _held.Clear();
        _connection.Recover(_channel);
        History.EndRecover(_session);
        _isReacting = true;
    }

    private void Reopen()
    {
        _isReacting = false;
        History.EndSession(_session);
        _connection.CloseChannel(_channel);
        History.GoneSession(_session);
        Begin();
    }

    private bool Happens(int oneIn) => oneIn > 0 && Random.OneIn(oneIn);
}
