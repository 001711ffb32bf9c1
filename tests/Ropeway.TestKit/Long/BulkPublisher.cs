using System.Diagnostics;
using Ropeway.TestKit.History;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Long;

/// <summary>Publishes numbered persistent messages as fast as their confirms allow, many in one write.</summary>
internal sealed class BulkPublisher : IWireEvents, IDisposable
{
    private const ushort Channel = 1;
    private const int WriteBytes = 256 * 1024;

    private readonly WireConnection _connection;
    private readonly ConfirmTracker _confirms = new();
    private readonly WirePublish _target;
    private readonly int _producer;
    private readonly int _windowCount;
    private readonly byte[] _body;

    public BulkPublisher(BrokerEndpoint endpoint, string queue, int producer, int bodyBytesMax, int windowBytes)
    {
        _connection = WireConnection.Open(endpoint, this);
        _connection.OpenChannel(Channel);
        _connection.DeclareQueue(Channel, queue);
        _connection.SelectConfirms(Channel);
        _target = new WirePublish("", queue);
        _producer = producer;
        _windowCount = Math.Max(1, windowBytes / bodyBytesMax);
        _body = new byte[bodyBytesMax];
    }

    /// <summary>Messages written so far.</summary>
    public long PublishedCount { get; private set; }

    /// <summary>Messages confirmed so far.</summary>
    public long ConfirmedCount => (long)_confirms.ConfirmedUpTo;

    /// <summary>Why the broker does not read any more; null while it does.</summary>
    public string? BlockedReason { get; private set; }

    public void OnMessage(in WireDelivery delivery) => throw new InvalidOperationException("A message was returned.");

    public void OnBlocked(string? reason) => BlockedReason = reason;

    public void OnConfirm(WireConfirm confirm) => _confirms.Take(confirm);

    /// <summary>Writes messages until the window is full, sends them, and takes the confirms that are there.</summary>
    /// <param name="countMax">Total number of messages to stop at.</param>
    /// <param name="bodyBytes">Size of these messages.</param>
    public void Advance(long countMax, int bodyBytes)
    {
        long end = Math.Min(countMax, ConfirmedCount + _windowCount);
        bool isFull = PublishedCount >= end;
        while (PublishedCount < end)
        {
            Span<byte> body = _body.AsSpan(0, bodyBytes);
            MessageBody.Write(body, _producer, PublishedCount++);
            _connection.Output.Publish(Channel, _target, body, _connection.FrameBytesMax);
            if (_connection.Output.Count >= WriteBytes)
            {
                _connection.Flush();
            }
        }

        _connection.Flush();
        _connection.Pump(isFull ? 1000 : 0);
    }

    /// <summary>Waits for the confirms of all that was written.</summary>
    public void AwaitConfirms()
    {
        long started = Stopwatch.GetTimestamp();
        while (ConfirmedCount < PublishedCount)
        {
            if (_connection.Pump(1000))
            {
                started = Stopwatch.GetTimestamp();
            }
            else if (Stopwatch.GetElapsedTime(started) > 4 * TestDeadline.Value)
            {
                throw new TimeoutException($"{PublishedCount - ConfirmedCount} confirms did not come.");
            }
        }
    }

    public void Dispose() => _connection.Dispose();
}
