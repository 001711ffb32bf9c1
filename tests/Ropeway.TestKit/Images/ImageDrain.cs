using Ropeway.TestKit.History;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Images;

/// <summary>Fetches all messages of a queue. One thread.</summary>
internal sealed class ImageDrain(int producer) : IWireEvents
{
    private const ushort Channel = 1;

    private readonly List<long> _sequences = [];
    private string? _fault;

    public void OnMessage(in WireDelivery delivery)
    {
        if (!MessageBody.TryRead(delivery.Body, out int from, out long sequence) || from != producer)
        {
            _fault ??= $"a body of {delivery.Body.Length} octets is damaged";
        }

        _sequences.Add(sequence);
    }

    public void OnConfirm(WireConfirm confirm)
    {
        // It publishes nothing.
    }

    /// <summary>What is in the queue, in order.</summary>
    /// <exception cref="InvalidOperationException">The queue is not there, or a body is not what was published.</exception>
    public IReadOnlyList<long> Execute(BrokerEndpoint endpoint, string queue)
    {
        using WireConnection connection = WireConnection.Open(endpoint, this);
        connection.OpenChannel(Channel);
        uint count;
        try
        {
            count = connection.DeclareQueue(Channel, queue, isPassive: true);
        }
        catch (WireClosedException cause)
        {
            throw new InvalidOperationException($"{queue}: {cause.Text}", cause);
        }

        connection.Consume(Channel, queue, "", noAck: true);
        while (_sequences.Count < count && connection.Pump(TestDeadline.Milliseconds))
        {
            // Collected.
        }

        connection.Close();
        return _fault is null ? _sequences : throw new InvalidOperationException($"{queue}: {_fault}");
    }
}
