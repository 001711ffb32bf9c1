using Ropeway.Core;
using Ropeway.Core.Queues;
using Ropeway.Messages;

namespace Ropeway.Management.Tests;

/// <summary>RabbitMQ's <c>rabbitmq_global_...</c>: what happened to messages since the start of the broker.</summary>
public sealed class GlobalMetricTests : IAsyncLifetime, IDisposable
{
    private readonly SteppedRig _rig = new();

    public Task InitializeAsync() => _rig.InitializeAsync();

    public Task DisposeAsync() => ((IAsyncLifetime)_rig).DisposeAsync();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Messages_AreCountedByTypeOfQueue_AlsoWhenItIsDeleted()
    {
        Queue classic = _rig.Declare("classic", new FieldTable { { "x-dead-letter-exchange", "amq.fanout" } });
        Queue quorum = _rig.Declare("quorum", new FieldTable { { "x-queue-type", "quorum" } });
        await _rig.PublishAsync("classic", 3);
        await _rig.PublishAsync("quorum", 2);
        await _rig.PublishAsync("nowhere", 1);
        HoldingConsumer first = await ConsumeAsync(classic, 3);
        first.Settle(1);
        first.Reject(2);
        HoldingConsumer second = await ConsumeAsync(quorum, 2);
        second.Reject(1);
        await GetAsync("quorum");
        string[] expected =
        [
            """messages_received_total{protocol="amqp091"} 6""",
            """messages_routed_total{protocol="amqp091"} 5""",
            """messages_unroutable_dropped_total{protocol="amqp091"} 1""",
            """messages_unroutable_returned_total{protocol="amqp091"} 0""",
            """messages_delivered_total{protocol="amqp091",queue_type="rabbit_classic_queue"} 3""",
            """messages_delivered_consume_manual_ack_total{protocol="amqp091",queue_type="rabbit_quorum_queue"} 2""",
            """messages_delivered_total{protocol="amqp091",queue_type="rabbit_stream_queue"} 0""",
            """messages_get_empty_total{protocol="amqp091",queue_type="rabbit_quorum_queue"} 1""",
            """messages_acknowledged_total{protocol="amqp091",queue_type="rabbit_classic_queue"} 1""",
            """messages_dead_lettered_rejected_total{queue_type="rabbit_classic_queue",dead_letter_strategy="at_least_once"} 2""",
            """messages_dead_lettered_rejected_total{queue_type="rabbit_quorum_queue",dead_letter_strategy="disabled"} 1""",
        ];
        await AssertAsync(expected);

        await _rig.StatusAsync("DELETE", "/api/queues/%2F/classic");
        await AssertAsync(expected);
        _rig.Tick(20);
        await AssertAsync(expected);
    }

    [Fact]
    public async Task Consumers_AreCounted()
    {
        using var registration = new Registration(_rig.Broker, "guest", out _, out FakeConnection connection);
        connection.Consumers.Add(new OpenConsumer(new FakeConsumer(_rig.Declare("q")), "tag", 0, null));

        await AssertAsync(["""consumers{protocol="amqp091"} 1""", """publishers{protocol="amqp091"} 0"""]);
    }

    private static async Task<HoldingConsumer> ConsumeAsync(Queue queue, int count)
    {
        var consumer = new HoldingConsumer(queue, prefetch: count);
        consumer.Begin();
        await consumer.HoldsAsync(count);
        return consumer;
    }

    private Task<int> GetAsync(string queue) => _rig.StatusAsync("POST", $"/api/queues/%2F/{queue}/get", """{"count":1,"ackmode":"ack_requeue_false","encoding":"auto"}""");

    private async Task AssertAsync(IEnumerable<string> samples)
    {
        using HttpResponseMessage response = await _rig.SendAsync("GET", "/metrics");
        string[] lines = (await response.Content.ReadAsStringAsync()).Split('\n');
        Assert.All(samples, sample => Assert.Contains("rabbitmq_global_" + sample, lines));
    }
}
