using Ropeway.TestKit;
using Ropeway.TestKit.History;
using Ropeway.TestKit.Wire;

namespace Ropeway.Faults.Tests;

/// <summary>Publishes numbered persistent messages to a queue with a window of unconfirmed ones until it is told to stop. One thread.</summary>
internal sealed class BackupPublisher(string queue, int number, BackupHistory history) : IWireEvents
{
    private const ushort Channel = 1;
    private const int Window = 100;

    private readonly byte[] _body = new byte[1_100_000];
    private readonly bool[] _isConfirmed = new bool[1_000_000];
    private int _confirmedStart;
    private int _confirmedCount;
    private long _count;

    /// <summary>Messages that the broker has confirmed. Any thread.</summary>
    public int ConfirmedCount => Volatile.Read(ref _confirmedCount);

    public void OnMessage(in WireDelivery delivery) => throw new InvalidOperationException("Nothing is delivered to a publisher.");

    public void OnConfirm(WireConfirm confirm)
    {
        for (int index = confirm.IsMultiple ? _confirmedStart : (int)confirm.Tag - 1; index < (int)confirm.Tag; index++)
        {
            if (!_isConfirmed[index])
            {
                _isConfirmed[index] = true;
                history.Confirm(index);
                Volatile.Write(ref _confirmedCount, _confirmedCount + 1);
            }
        }

        while (_confirmedStart < _count && _isConfirmed[_confirmedStart])
        {
            _confirmedStart++;
        }
    }

    public void Run(BrokerEndpoint endpoint, CancellationToken stop)
    {
        using WireConnection connection = WireConnection.Open(endpoint, this);
        connection.OpenChannel(Channel);
        connection.SelectConfirms(Channel);
        while (!stop.IsCancellationRequested)
        {
            while (_count - _confirmedCount < Window)
            {
                Publish(connection);
            }

            connection.Flush();
            connection.Pump(1000);
        }

        connection.Close();
    }

    private void Publish(WireConnection connection)
    {
        _count = history.Publish() + 1;
        int bytes = (_count % 500) switch
        {
            0 => 1_100_000, // A body with a file of its own.
            < 20 => 40_000,
            _ => 24 + (int)(_count % 700),
        };
        Span<byte> body = _body.AsSpan(0, bytes);
        MessageBody.Write(body, number, _count - 1);
        connection.Output.Publish(Channel, new WirePublish("", queue), body, connection.FrameBytesMax);
    }
}
