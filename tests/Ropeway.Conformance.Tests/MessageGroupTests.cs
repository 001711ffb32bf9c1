using System.Collections.Concurrent;
using System.Text;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>Message groups with RabbitMQ.Client 7 for .NET. Other brokers do not have them.</summary>
[Collection(BrokerCollection.Name)]
public sealed class MessageGroupTests(BrokerFixture broker) : IDisposable
{
    private const int ConsumerCount = 4;
    private const int GroupCount = 100;
    private const int MessagesPerGroup = 50;

    private readonly ConcurrentDictionary<int, int> _holders = new(); // Group to the consumer that works on it.
    private readonly ConcurrentQueue<string> _faults = new();
    private readonly ConcurrentQueue<int>[] _seen = [.. Enumerable.Range(0, GroupCount).Select(_ => new ConcurrentQueue<int>())];
    private readonly int[] _counts = new int[ConsumerCount];
    private readonly CountdownEvent _all = new(GroupCount * MessagesPerGroup);
    private readonly TaskCompletionSource _parallel = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _workingCount;

    public void Dispose() => _all.Dispose();

    [OwnBrokerFact]
    public async Task Consume_HundredGroupsByFourConsumers_EachInOrderAndByOneAtATime()
    {
        string queue = "groups-" + Guid.NewGuid().ToString("N");
        await using IConnection connection = await new ConnectionFactory { Uri = broker.Endpoint.Url, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
        await using IChannel channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-message-groups"] = true });
        for (int number = 0; number < ConsumerCount; number++)
        {
            await ConsumeAsync(await connection.CreateChannelAsync(), queue, number);
        }

        for (int message = 0; message < GroupCount * MessagesPerGroup; message++)
        {
            var properties = new BasicProperties
            {
                Persistent = true,
                Headers = new Dictionary<string, object?>(StringComparer.Ordinal) { ["x-group-id"] = $"customer {message % GroupCount}" },
            };
            await channel.BasicPublishAsync("", queue, mandatory: true, properties, Encoding.ASCII.GetBytes($"{message % GroupCount}:{message / GroupCount}"));
        }

        Assert.True(_all.Wait(TestDeadline.Value), $"{_all.CurrentCount} did not come.{broker.Log}");
        Assert.Empty(_faults);
        Assert.All(_seen, numbers => Assert.Equal(Enumerable.Range(0, MessagesPerGroup), numbers));
        Assert.All(_counts, count => Assert.NotEqual(0, count));
        await channel.QueueDeleteAsync(queue);
    }

    private async Task ConsumeAsync(IChannel channel, string queue, int number)
    {
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += async (_, delivery) =>
        {
            int[] parts = [.. Encoding.ASCII.GetString(delivery.Body.Span).Split(':').Select(int.Parse)];
            await WorkAsync(parts[0], parts[1], number);
            await channel.BasicAckAsync(delivery.DeliveryTag, multiple: false);
            _all.Signal();
        };
        await channel.BasicQosAsync(0, 10, global: false);
        await channel.BasicConsumeAsync(queue, autoAck: false, consumer);
    }

    /// <summary>Nobody else may work on the group meanwhile; the first of each consumer wait for one another, which shows that they work in parallel.</summary>
    private async Task WorkAsync(int group, int message, int number)
    {
        if (!_holders.TryAdd(group, number))
        {
            _faults.Enqueue($"{group}:{message} came to {number} although {_holders.GetValueOrDefault(group)} works on the group.");
        }

        _seen[group].Enqueue(message);
        if (_counts[number]++ == 0)
        {
            if (Interlocked.Increment(ref _workingCount) == ConsumerCount)
            {
                _parallel.SetResult();
            }

            await _parallel.Task.WaitAsync(TestDeadline.Value);
        }

        _holders.TryRemove(group, out _);
    }
}
