using Ropeway.TestKit.History;
using Ropeway.TestKit.Wire;

namespace Ropeway.TestKit.Kills;

/// <summary>Publishes numbered messages with a window of unconfirmed ones, fast up to a number per epoch, then one at a time.</summary>
internal sealed class KillProducer : KillWorker
{
    private const ushort Channel = 1;
    private const int Window = 200;

    private readonly KillContext _context;
    private readonly int _producer;
    private readonly string _exchange;
    private readonly string _key;
    private readonly int _fastCount;
    private readonly bool _mixesTransient;
    private readonly List<long> _sequences = [];
    private readonly byte[] _body = new byte[1_200_000];
    private bool[] _isResolved = new bool[1024];
    private int _resolvedCount;
    private int _unresolvedStart;

    public KillProducer(KillContext context, int producer, string exchange, string key, int fastCount, bool mixesTransient = false)
        : base($"producer {producer}", context)
    {
        _context = context;
        _producer = producer;
        _exchange = exchange;
        _key = key;
        _fastCount = fastCount;
        _mixesTransient = mixesTransient;
    }

    public override void OnMessage(in WireDelivery delivery)
    {
        if (delivery.Method == WireMethod.BasicReturn && MessageBody.TryRead(delivery.Body, out _, out long sequence))
        {
            Resolve(_sequences.BinarySearch(sequence), PublishOutcome.Returned);
        }
    }

    public override void OnConfirm(WireConfirm confirm)
    {
        int end = (int)confirm.Tag;
        for (int index = confirm.IsMultiple ? _unresolvedStart : end - 1; index < end; index++)
        {
            Resolve(index, confirm.IsNack ? PublishOutcome.Refused : PublishOutcome.Confirmed);
        }

        while (_unresolvedStart < _sequences.Count && _isResolved[_unresolvedStart])
        {
            _unresolvedStart++;
        }
    }

    protected override void Work(BrokerEndpoint endpoint)
    {
        _sequences.Clear();
        Array.Clear(_isResolved);
        (_resolvedCount, _unresolvedStart) = (0, 0);
        int fastCount = _fastCount * Random.Next(1, 10); // Short ones bring quiet kills, long ones kills with full windows.
        using WireConnection connection = WireConnection.Open(endpoint, this);
        connection.OpenChannel(Channel);
        connection.SelectConfirms(Channel);
        try
        {
            while (!IsClosing)
            {
                int window = _sequences.Count < fastCount ? Window : 1;
                while (_sequences.Count - _resolvedCount < window)
                {
                    PublishOne(connection);
                }

                connection.Flush();
                connection.Pump(1000);
            }
        }
        finally
        {
            ReadToEnd(connection);
        }
    }

    private void PublishOne(WireConnection connection)
    {
        bool isTransient = _mixesTransient && Random.OneIn(10);
        long sequence = _context.History.Publish(_producer, isTransient);
        Span<byte> body = _body.AsSpan(0, ChooseBodyBytes());
        MessageBody.Write(body, _producer, sequence);
        if (_isResolved.Length == _sequences.Count)
        {
            Array.Resize(ref _isResolved, _isResolved.Length * 2);
        }

        _sequences.Add(sequence);
        connection.Output.Publish(Channel, new WirePublish(_exchange, _key, IsMandatory: true, isTransient), body, connection.FrameBytesMax);
    }

    private int ChooseBodyBytes() => Random.Next(0, 2000) switch
    {
        0 => Random.Next(1_050_000, 1_200_000),
        < 4 => Random.Next(131_000, 300_000),
        < 80 => Random.Next(4_000, 12_000),
        _ => Random.Next(MessageBody.BytesMin, 400),
    };

    private void Resolve(int index, PublishOutcome outcome)
    {
        if (index < 0 || index >= _sequences.Count)
        {
            _context.Fail($"producer {_producer}: a confirm names publish {index + 1} of {_sequences.Count}");
            return;
        }

        if (!_isResolved[index])
        {
            _isResolved[index] = true;
            _resolvedCount++;
            History.Resolve(_producer, _sequences[index], outcome);
        }
    }
}
