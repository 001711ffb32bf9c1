using Ropeway.TestKit.History;
using Ropeway.TestKit.Long;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Images;

/// <summary>Publishes numbered messages of all sizes to one queue, and marks each confirm. One thread.</summary>
internal sealed class MarkedPublisher(MarkedQueue queue, int producer, SeededRandom random, Func<long> now) : IWireEvents
{
    private const ushort Channel = 1;
    private const int Window = 60;

    private readonly ConfirmTracker _confirms = new();
    private readonly byte[] _body = new byte[1_200_000];

    public void OnMessage(in WireDelivery delivery) => throw new InvalidOperationException("A message was returned.");

    public void OnConfirm(WireConfirm confirm)
    {
        _confirms.Take(confirm);
        queue.Confirm((int)_confirms.ConfirmedUpTo, now());
    }

    /// <summary>Publishes so many and waits for their confirms.</summary>
    public void Run(BrokerEndpoint endpoint, int count)
    {
        using WireConnection connection = WireConnection.Open(endpoint, this);
        connection.OpenChannel(Channel);
        connection.SelectConfirms(Channel);
        while (queue.ConfirmedCount < count)
        {
            int window = random.OneIn(4) ? 1 : Window; // Small groups go past the page cache, large ones do not.
            while (queue.PublishedCount < count && queue.PublishedCount - queue.ConfirmedCount < window)
            {
                Span<byte> body = _body.AsSpan(0, ChooseBodyBytes());
                MessageBody.Write(body, producer, queue.PublishedCount++);
                connection.Output.Publish(Channel, new WirePublish("", queue.Name), body, connection.FrameBytesMax);
            }

            connection.Flush();
            connection.Pump(TestDeadline.Milliseconds);
        }
    }

    private int ChooseBodyBytes() => random.Next(0, 600) switch
    {
        0 => random.Next(1_050_000, 1_200_000), // A file of its own.
        < 4 => random.Next(131_000, 300_000),
        < 60 => random.Next(4_000, 12_000),
        _ => random.Next(MessageBody.BytesMin, 400),
    };
}
