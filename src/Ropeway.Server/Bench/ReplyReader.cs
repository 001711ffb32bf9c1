using System.Diagnostics;
using System.Text;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Server.Bench;

/// <summary>Reads what the broker sends to a producer: confirms, and whatever went wrong. Its own thread.</summary>
internal sealed class ReplyReader
{
    private readonly AmqpConnection _connection;
    private readonly RunControl _control;
    private readonly FlowGate? _unconfirmed;
    private readonly ConfirmTracker? _confirms;
    private readonly WorkerCounts _counts;

    /// <summary>Makes a reader; <see cref="Run"/> is its thread.</summary>
    public ReplyReader(AmqpConnection connection, RunControl control, ProducerFlow flow, WorkerCounts counts)
    {
        _connection = connection;
        _control = control;
        _unconfirmed = flow.Unconfirmed;
        _confirms = flow.Confirms;
        _counts = counts;
        ConfirmLatency = new LatencyRecorder(control.Window);
    }

    /// <summary>From the write (or its scheduled moment) to the confirm.</summary>
    public LatencyRecorder ConfirmLatency { get; }

    /// <summary>Reads until the connection is closed.</summary>
    public void Run()
    {
        try
        {
            while (true)
            {
                _connection.Receive();
                if (!TakeAll(Stopwatch.GetTimestamp()))
                {
                    return;
                }
            }
        }
        catch (BenchException fault)
        {
            _control.Fail(fault);
        }
    }

    private bool TakeAll(long nowTicks)
    {
        long room = 0;
        while (_connection.TryTake(out FrameHeader header, out ReadOnlySpan<byte> payload))
        {
            if (header.Type != FrameType.Method || !MethodFrame.TrySplit(payload, out MethodId id, out ReadOnlySpan<byte> arguments))
            {
                continue; // Content of a returned message: nothing is published as mandatory, so nothing to count.
            }

            switch (id)
            {
                case MethodId.BasicAck when BasicAck.TryRead(arguments, out BasicAck ack):
                    room += Settle(ack.DeliveryTag, ack.Multiple, isRefused: false, nowTicks);
                    break;
                case MethodId.BasicNack when BasicNack.TryRead(arguments, out BasicNack nack):
                    room += Settle(nack.DeliveryTag, nack.Multiple, isRefused: true, nowTicks);
                    break;
                case MethodId.ConnectionBlocked when ConnectionBlocked.TryRead(arguments, out ConnectionBlocked blocked):
                    _control.BlockedReason = Encoding.UTF8.GetString(blocked.Reason);
                    break;
                case MethodId.ChannelCloseOk:
                    _counts.LastTicks = nowTicks; // Sent after the last publish, so all before it were taken by the broker.
                    _connection.SendClose();
                    break;
                case MethodId.ConnectionCloseOk:
                    return false;
                default:
                    BrokerReply.ThrowIfClose(id, arguments);
                    break;
            }
        }

        Publish(room, nowTicks);
        return true;
    }

    private long Settle(ulong tag, bool isMultiple, bool isRefused, long nowTicks)
    {
        return _confirms is null
            ? throw new BenchException("The broker sent a confirm on a channel without confirms.")
            : _confirms.Settle((long)tag, isMultiple, isRefused, nowTicks, ConfirmLatency);
    }

    private void Publish(long room, long nowTicks)
    {
        if (_confirms is null || (_counts.Confirmed == _confirms.ConfirmedCount && _counts.Refused == _confirms.RefusedCount))
        {
            return;
        }

        _counts.Confirmed = _confirms.ConfirmedCount;
        _counts.Refused = _confirms.RefusedCount;
        _counts.LastTicks = nowTicks;
        if (room > 0)
        {
            _unconfirmed?.Return(room);
        }
    }
}
