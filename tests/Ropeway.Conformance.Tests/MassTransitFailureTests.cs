using System.Diagnostics;
using System.Text;
using MassTransit;
using RabbitMQ.Client;
using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>MassTransit 8 over its RabbitMQ transport: what happens when consumers, messages or the broker fail.</summary>
[Collection(BrokerCollection.Name)]
public sealed class MassTransitFailureTests(BrokerFixture broker)
{
    private readonly string _name = "masstransit-" + Guid.NewGuid().ToString("N");

    [Fact]
    public async Task Consumer_ThatAlwaysFails_IsRetriedThenReportedAndItsMessageKept()
    {
        var attempts = new Inbox<int>();
        var faults = new Inbox<Fault<Shop.PackOrder>>();
        await using MassTransitService service = await StartAsync(service =>
        {
            service.ReceiveEndpoint(_name, endpoint =>
            {
                endpoint.UseMessageRetry(retry => retry.Immediate(2));
                endpoint.Handler<Shop.PackOrder>(context =>
                {
                    attempts.Put(context.GetRetryAttempt());
                    throw new InvalidOperationException("The box is too small.");
                });
            });
            service.ReceiveEndpoint(_name + "-faults", endpoint => endpoint.Handler<Fault<Shop.PackOrder>>(context => PutAsync(faults, context.Message)));
        });

        await service.SendAsync("queue:" + _name, new Shop.PackOrder(7));

        Assert.Equal([0, 1, 2], await attempts.TakeAsync(3));
        Fault<Shop.PackOrder> fault = await faults.TakeAsync();
        Assert.Equal(7, fault.Message.Number);
        Assert.Equal("The box is too small.", fault.Exceptions[0].Message);
        BasicGetResult kept = await GetAsync(_name + "_error");
        Assert.Contains("\"number\": 7", Encoding.UTF8.GetString(kept.Body.Span), StringComparison.Ordinal);
        Assert.Equal("fault", Text(kept, "MT-Reason"));
        Assert.Equal("The box is too small.", Text(kept, "MT-Fault-Message"));
    }

    [Fact]
    public async Task Request_WhoseConsumerFails_FailsWithItsReason()
    {
        await using MassTransitService service = await StartAsync(service => service.ReceiveEndpoint(_name, endpoint =>
            endpoint.Handler<Shop.GetPrice>(_ => throw new InvalidOperationException("No such article."))));
        IRequestClient<Shop.GetPrice> client = service.Bus.CreateRequestClient<Shop.GetPrice>(new Uri("queue:" + _name), TestDeadline.Value);

        RequestFaultException failure = await Assert.ThrowsAsync<RequestFaultException>(() => client.GetResponse<Shop.Price>(new Shop.GetPrice(1)));

        Assert.Equal("No such article.", failure.Fault!.Exceptions[0].Message);
    }

    [OwnBrokerFact]
    public async Task Redelivery_WithGrowingDelays_ComesAgainNotBeforeTheirTime()
    {
        var attempts = new Inbox<(int Redelivery, long Timestamp)>();
        await using MassTransitService service = await StartAsync(service => service.ReceiveEndpoint(_name, endpoint =>
        {
            endpoint.UseDelayedRedelivery(redelivery => redelivery.Intervals(100, 300));
            endpoint.Handler<Shop.PackOrder>(context =>
            {
                attempts.Put((context.GetRedeliveryCount(), Stopwatch.GetTimestamp()));
                return context.GetRedeliveryCount() < 2 ? throw new InvalidOperationException("Not yet.") : Task.CompletedTask;
            });
        }));

        await service.SendAsync("queue:" + _name, new Shop.PackOrder(7));

        List<(int Redelivery, long Timestamp)> all = await attempts.TakeAsync(3);
        Assert.Equal([0, 1, 2], all.Select(one => one.Redelivery));
        RealTime.AssertNotBefore("The first", all[0].Timestamp, all[1].Timestamp, 100);
        RealTime.AssertNotBefore("The second", all[1].Timestamp, all[2].Timestamp, 300);
    }

    [Fact]
    public async Task Message_ThatNobodyUnderstands_IsKeptAsSkipped()
    {
        await using MassTransitService service = await StartAsync(service => service.ReceiveEndpoint(_name, endpoint => endpoint.Handler<Shop.PackOrder>(_ => Task.CompletedTask)));

        await service.SendAsync("queue:" + _name, new Shop.GetPrice(3));

        Assert.Equal("dead-letter", Text(await GetAsync(_name + "_skipped"), "MT-Reason"));
    }

    [Fact]
    public async Task QuorumEndpoint_WhoseFailuresGoBackToTheBroker_DeadLettersAtItsLimit()
    {
        var counts = new Inbox<long>();
        await using MassTransitService service = await StartAsync(service => service.ReceiveEndpoint(_name, endpoint =>
        {
            endpoint.SetQuorumQueue();
            endpoint.SetQueueArgument("x-delivery-limit", 3);
            endpoint.BindDeadLetterQueue(_name + "-dead");
            endpoint.ThrowOnSkippedMessages();
            endpoint.RethrowFaultedMessages();
            endpoint.Handler<Shop.PackOrder>(context =>
            {
                counts.Put(context.ReceiveContext.TransportHeaders.Get<long>("x-delivery-count") ?? 0);
                throw new InvalidOperationException("Back to the queue.");
            });
        }));

        await service.SendAsync("exchange:" + _name, new Shop.PackOrder(7));

        Assert.Equal([0L, 1L, 2L, 3L], await counts.TakeAsync(4));
        Assert.Equal("delivery_limit", Text(await GetAsync(_name + "-dead"), "x-first-death-reason"));
    }

    [Fact]
    public async Task TimeToLive_OfWhatWaitsBehindASlowMessage_DeadLettersIt()
    {
        using var gate = new SemaphoreSlim(0);
        var begun = new Inbox<int>();
        await using MassTransitService service = await StartAsync(service => service.ReceiveEndpoint(_name, endpoint =>
        {
            endpoint.PrefetchCount = 1;
            endpoint.BindDeadLetterQueue(_name + "-dead");
            endpoint.Handler<Shop.PackOrder>(async context =>
            {
                begun.Put(context.Message.Number);
                await gate.WaitAsync(TestDeadline.Value);
            });
        }));
        await service.SendAsync("exchange:" + _name, new Shop.PackOrder(1));
        Assert.Equal(1, await begun.TakeAsync());

        await service.SendAsync("exchange:" + _name, new Shop.PackOrder(2), context => context.TimeToLive = TimeSpan.FromMilliseconds(50));

        Assert.Equal("expired", Text(await GetAsync(_name + "-dead"), "x-first-death-reason"));
        gate.Release();
    }

    [OwnBrokerFact]
    public async Task Broker_KilledAndRestarted_ServicesGoOnWithoutLoss()
    {
        using var directory = new TemporaryDirectory();
        using BrokerProcess first = BrokerProcess.Start(new BrokerLaunch { DataDirectory = directory.Path });
        var packed = new Inbox<int>(MassTransitService.ReconnectDeadline);
        using var gate = new SemaphoreSlim(0);
        await using MassTransitService service = await MassTransitService.StartAsync(first.Endpoint, _name, service => service.ReceiveEndpoint(_name, endpoint =>
        {
            endpoint.PrefetchCount = 1;
            endpoint.Handler<Shop.PackOrder>(async context =>
            {
                await gate.WaitAsync(MassTransitService.ReconnectDeadline);
                packed.Put(context.Message.Number);
            });
        }));
        for (int number = 0; number < 10; number++)
        {
            await service.SendAsync("queue:" + _name, new Shop.PackOrder(number));
        }

        first.Kill(); // One is being packed, the others wait.
        gate.Release(100); // MassTransit lets go of a connection when its consumers have ended.
        await service.NoticeLossAsync();
        using BrokerProcess second = BrokerProcess.Start(first.Launch);
        await service.SendAsync("queue:" + _name, new Shop.PackOrder(10)); // It waits for the connection.

        var numbers = new HashSet<int>(); // Who was at work when the broker went gets its message again.
        while (numbers.Count < 11)
        {
            numbers.Add(await packed.TakeAsync());
        }

        Assert.Equal(Enumerable.Range(0, 11), numbers.Order());
        await service.DisposeAsync();
        Assert.Equal(0, second.Stop());
    }

    private static Task PutAsync<T>(Inbox<T> inbox, T item)
    {
        inbox.Put(item);
        return Task.CompletedTask;
    }

    private static string Text(BasicGetResult message, string header) => Encoding.UTF8.GetString((byte[])message.BasicProperties.Headers![header]!);

    private Task<MassTransitService> StartAsync(Action<IRabbitMqBusFactoryConfigurator> configure) => MassTransitService.StartAsync(broker.Endpoint, _name, configure);

    /// <summary>The next message of a queue that may not be there yet, waited for.</summary>
    private async Task<BasicGetResult> GetAsync(string queue)
    {
        await using IConnection connection = await new ConnectionFactory { Uri = broker.Endpoint.Url, AutomaticRecoveryEnabled = false }.CreateConnectionAsync();
        await using IChannel channel = await connection.CreateChannelAsync();
        await channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false);
        using var deadline = new CancellationTokenSource(TestDeadline.Value);
        while (true)
        {
            if (await channel.BasicGetAsync(queue, autoAck: true, deadline.Token) is { } message)
            {
                return message;
            }
        }
    }
}
