using System.Text;
using Ropeway.Protocols.Amqp091.Codec;

namespace Ropeway.Server.Bench;

/// <summary>The queues, exchange and bindings of a run, declared and deleted over one control connection. One thread.</summary>
internal sealed class Topology
{
    private const int PipelineDepth = 100;

    private readonly AmqpConnection _control;
    private readonly AmqpBenchOptions _options;

    /// <summary>Makes a view of what a run needs; nothing is declared yet.</summary>
    /// <param name="control">A connection that nobody else uses.</param>
    /// <param name="options">Names, counts, durability.</param>
    public Topology(AmqpConnection control, AmqpBenchOptions options)
    {
        _control = control;
        _options = options;
    }

    /// <summary>Declares everything.</summary>
    /// <returns>Messages that lay in the queues already.</returns>
    public long Declare()
    {
        long messageCount = 0;
        Pipeline(
            _options.QueueCount,
            index => _control.Send(new QueueDeclare { Queue = Name(index), Durable = _options.IsDurable }),
            () => messageCount += ReadMessageCount());
        if (_options.Routing != RoutingKind.Default)
        {
            DeclareExchange();
        }

        return messageCount;
    }

    /// <summary>Messages that are ready in the queues, which must exist.</summary>
    public long CountMessages()
    {
        long messageCount = 0;
        Pipeline(
            _options.QueueCount,
            index => _control.Send(new QueueDeclare { Queue = Name(index), Passive = true }),
            () => messageCount += ReadMessageCount());
        return messageCount;
    }

    /// <summary>Empties the queues.</summary>
    public void Purge() => Pipeline(
        _options.QueueCount,
        index => _control.Send(new QueuePurge { Queue = Name(index) }),
        () => _control.Expect(MethodId.QueuePurgeOk));

    /// <summary>Deletes queues and exchange.</summary>
    public void Delete()
    {
        Pipeline(
            _options.QueueCount,
            index => _control.Send(new QueueDelete { Queue = Name(index) }),
            () => _control.Expect(MethodId.QueueDeleteOk));
        if (_options.Routing != RoutingKind.Default)
        {
            _control.Send(new ExchangeDelete { Exchange = Encoding.UTF8.GetBytes(_options.ExchangeName) });
            _control.Expect(MethodId.ExchangeDeleteOk);
        }
    }

    private static void Pipeline(int count, Action<int> send, Action expect)
    {
        int answered = 0;
        for (int sent = 0; sent < count; sent++)
        {
            send(sent);
            if (sent - answered >= PipelineDepth)
            {
                expect();
                answered++;
            }
        }

        for (; answered < count; answered++)
        {
            expect();
        }
    }

    private void DeclareExchange()
    {
        byte[] exchange = Encoding.UTF8.GetBytes(_options.ExchangeName);
        byte[] type = _options.Routing switch
        {
            RoutingKind.Fanout => "fanout"u8.ToArray(),
            RoutingKind.Topic => "topic"u8.ToArray(),
            _ => "direct"u8.ToArray(),
        };
        _control.Send(new ExchangeDeclare { Exchange = exchange, ExchangeType = type, Durable = _options.IsDurable });
        _control.Expect(MethodId.ExchangeDeclareOk);

        int bindingCount = _options.Routing == RoutingKind.Topic ? _options.BindingCount : _options.QueueCount;
        Pipeline(
            bindingCount,
            index => _control.Send(new QueueBind
            {
                Queue = Name(index % _options.QueueCount),
                Exchange = exchange,
                RoutingKey = Encoding.UTF8.GetBytes(_options.BindingKey(index)),
            }),
            () => _control.Expect(MethodId.QueueBindOk));
    }

    private long ReadMessageCount()
    {
        return QueueDeclareOk.TryRead(_control.Expect(MethodId.QueueDeclareOk), out QueueDeclareOk declared)
            ? declared.MessageCount
            : throw new BenchException("The broker sent a malformed queue.declare-ok.");
    }

    private byte[] Name(int index) => Encoding.UTF8.GetBytes(_options.QueueName(index));
}
