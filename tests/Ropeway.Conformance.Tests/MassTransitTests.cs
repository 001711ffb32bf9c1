using System.Diagnostics;
using MassTransit;
using RabbitMQ.Client;
using Ropeway.TestKit;

namespace Ropeway.Conformance.Tests;

/// <summary>MassTransit 8 over its RabbitMQ transport: what services say to each other while nothing fails.</summary>
[Collection(BrokerCollection.Name)]
public sealed class MassTransitTests(BrokerFixture broker)
{
    private readonly string _name = "masstransit-" + Guid.NewGuid().ToString("N");

    [Fact]
    public async Task Publish_SeveralServices_EachGetsWhatItSubscribedTo()
    {
        var billing = new Inbox<int>();
        var log = new Inbox<string>();
        await using MassTransitService consumer = await StartAsync(service =>
        {
            service.ReceiveEndpoint(_name + "-billing", endpoint =>
            {
                endpoint.ConcurrentMessageLimit = 1;
                endpoint.Handler<Shop.OrderPlaced>(context => PutAsync(billing, context.Message.Number));
            });
            service.ReceiveEndpoint(_name + "-log", endpoint =>
            {
                endpoint.ConcurrentMessageLimit = 1;
                endpoint.Handler<Shop.IOrderEvent>(context => PutAsync(log, (context.TryGetMessage<Shop.OrderPaid>(out _) ? "paid " : "placed ") + context.Message.Number));
            });
        });
        await using MassTransitService publisher = await StartAsync();

        await publisher.Bus.Publish(new Shop.OrderPlaced(1));
        await publisher.Bus.Publish(new Shop.OrderPaid(1));
        await publisher.Bus.Publish(new Shop.OrderPlaced(2));

        Assert.Equal([1, 2], await billing.TakeAsync(2));
        Assert.Equal(["placed 1", "paid 1", "placed 2"], await log.TakeAsync(3));
        Assert.Equal(0, billing.Count + log.Count);
    }

    [Fact]
    public async Task Publish_BatchOfMany_ArrivesWholeAndIsShared()
    {
        const int Count = 1_000;
        var seen = new Inbox<int>();
        var takers = new Inbox<int>();
        void Compete(IRabbitMqBusFactoryConfigurator service, int taker) => service.ReceiveEndpoint(_name, endpoint =>
        {
            endpoint.PrefetchCount = 10;
            endpoint.Handler<Shop.OrderPlaced>(async context =>
            {
                takers.Put(taker);
                await PutAsync(seen, context.Message.Number);
            });
        });
        await using MassTransitService first = await StartAsync(service => Compete(service, 1));
        await using MassTransitService second = await StartAsync(service => Compete(service, 2));

        await first.Bus.PublishBatch(Enumerable.Range(0, Count).Select(number => new Shop.OrderPlaced(number)));

        Assert.Equal(Enumerable.Range(0, Count), (await seen.TakeAsync(Count)).Order());
        Assert.Equal([1, 2], (await takers.TakeAsync(Count)).Distinct().Order());
    }

    [Fact]
    public async Task Send_ToTheEndpointOfAQueue_ArrivesInOrder()
    {
        var packed = new Inbox<(int Number, string? Id)>();
        await using MassTransitService consumer = await StartAsync(service => service.ReceiveEndpoint(_name, endpoint =>
        {
            endpoint.ConcurrentMessageLimit = 1;
            endpoint.Handler<Shop.PackOrder>(context => PutAsync(packed, (context.Message.Number, context.Headers.Get<string>("Shift"))));
        }));
        await using MassTransitService sender = await StartAsync();

        for (int number = 0; number < 50; number++)
        {
            await sender.SendAsync("queue:" + _name, new Shop.PackOrder(number), context => context.Headers.Set("Shift", "night"));
        }

        Assert.Equal(Enumerable.Range(0, 50).Select(number => (number, (string?)"night")), await packed.TakeAsync(50));
    }

    [Theory]
    [InlineData(false)] // The bus has a queue for its answers.
    [InlineData(true)] // Answers come by amq.rabbitmq.reply-to.
    public async Task Request_ManyAtOnce_EachGetsItsOwnAnswer(bool isDirect)
    {
        await using MassTransitService server = await StartAsync(service => service.ReceiveEndpoint(_name, endpoint =>
            endpoint.Handler<Shop.GetPrice>(context => context.RespondAsync(new Shop.Price(context.Message.Number, context.Message.Number * 2.5m)))));
        await using MassTransitService asker = await StartAsync();
        IClientFactory factory = isDirect ? asker.Bus.CreateReplyToClientFactory(TestDeadline.Value) : asker.Bus.CreateClientFactory(TestDeadline.Value);
        IRequestClient<Shop.GetPrice> client = factory.CreateRequestClient<Shop.GetPrice>(new Uri("queue:" + _name));

        Response<Shop.Price>[] answers = await Task.WhenAll(Enumerable.Range(0, 100).Select(number => client.GetResponse<Shop.Price>(new Shop.GetPrice(number))));

        Assert.Equal(Enumerable.Range(0, 100).Select(number => new Shop.Price(number, number * 2.5m)), answers.Select(answer => answer.Message));
    }

    [Fact]
    public async Task Publish_TopicExchangeAndRoutingKeys_LeadsWhereTheKeySays()
    {
        void Route(IRabbitMqBusFactoryConfigurator service)
        {
            service.Send<Shop.OrderPlaced>(topology => topology.UseRoutingKeyFormatter(context => context.Message.Number % 2 == 0 ? "order.even" : "order.odd"));
            service.Publish<Shop.OrderPlaced>(topology => topology.ExchangeType = ExchangeType.Topic);
        }

        var even = new Inbox<int>();
        var all = new Inbox<int>();
        void Bind(IRabbitMqBusFactoryConfigurator service, string queue, string pattern, Inbox<int> inbox) => service.ReceiveEndpoint(_name + queue, endpoint =>
        {
            endpoint.ConfigureConsumeTopology = false;
            endpoint.ConcurrentMessageLimit = 1;
            endpoint.Bind<Shop.OrderPlaced>(binding =>
            {
                binding.ExchangeType = ExchangeType.Topic;
                binding.RoutingKey = pattern;
            });
            endpoint.Handler<Shop.OrderPlaced>(context => PutAsync(inbox, context.Message.Number));
        });
        await using MassTransitService service = await StartAsync(service =>
        {
            Route(service);
            Bind(service, "-even", "*.even", even);
            Bind(service, "-all", "order.#", all);
        });

        for (int number = 0; number < 6; number++)
        {
            await service.Bus.Publish(new Shop.OrderPlaced(number));
        }

        Assert.Equal([0, 2, 4], await even.TakeAsync(3));
        Assert.Equal([0, 1, 2, 3, 4, 5], await all.TakeAsync(6));
    }

    [Fact]
    public async Task ConcurrencyLimit_BelowThePrefetch_IsReachedAndKept()
    {
        const int Limit = 4;
        var begun = new Inbox<int>();
        using var gate = new SemaphoreSlim(0);
        int running = 0;
        int most = 0;
        await using MassTransitService service = await StartAsync(service => service.ReceiveEndpoint(_name, endpoint =>
        {
            endpoint.PrefetchCount = 16;
            endpoint.ConcurrentMessageLimit = Limit;
            endpoint.Handler<Shop.PackOrder>(async context =>
            {
                InterlockedMax(ref most, Interlocked.Increment(ref running));
                begun.Put(context.Message.Number);
                await gate.WaitAsync(TestDeadline.Value);
                Interlocked.Decrement(ref running);
            });
        }));

        for (int number = 0; number < 20; number++)
        {
            await service.SendAsync("queue:" + _name, new Shop.PackOrder(number));
        }

        List<int> numbers = await begun.TakeAsync(Limit); // Nobody goes on until so many have begun.
        gate.Release(20);
        numbers.AddRange(await begun.TakeAsync(20 - Limit));

        Assert.Equal(Enumerable.Range(0, 20), numbers.Order());
        Assert.Equal(Limit, most);
    }

    [Fact]
    public async Task Priority_OfWhatWaits_DecidesTheOrder()
    {
        var begun = new Inbox<int>();
        using var gate = new SemaphoreSlim(0);
        await using MassTransitService service = await StartAsync(service => service.ReceiveEndpoint(_name, endpoint =>
        {
            endpoint.EnablePriority(9);
            endpoint.PrefetchCount = 1;
            endpoint.Handler<Shop.PackOrder>(async context =>
            {
                begun.Put(context.Message.Number);
                await gate.WaitAsync(TestDeadline.Value);
            });
        }));
        await service.SendAsync("exchange:" + _name, new Shop.PackOrder(0));
        Assert.Equal(0, await begun.TakeAsync());

        foreach (byte priority in (byte[])[1, 5, 9, 5])
        {
            await service.SendAsync("exchange:" + _name, new Shop.PackOrder(priority), context => context.SetPriority(priority));
        }

        gate.Release(5);
        Assert.Equal([9, 5, 5, 1], await begun.TakeAsync(4));
    }

    [Fact]
    public async Task BatchConsumer_MoreThanABatch_GetsFullBatches()
    {
        var batches = new Inbox<int[]>();
        await using MassTransitService service = await StartAsync(service => service.ReceiveEndpoint(_name, endpoint =>
        {
            endpoint.PrefetchCount = 100;
            endpoint.Batch<Shop.OrderPlaced>(batch =>
            {
                batch.MessageLimit = 10;
                batch.TimeLimit = TestDeadline.Value;
                batch.Consumer(() => new BatchTaker(batches));
            });
        }));

        await service.Bus.PublishBatch(Enumerable.Range(0, 40).Select(number => new Shop.OrderPlaced(number)));

        List<int[]> taken = await batches.TakeAsync(4);
        Assert.All(taken, batch => Assert.Equal(10, batch.Length));
        Assert.Equal(Enumerable.Range(0, 40), taken.SelectMany(batch => batch).Order());
    }

    [Fact]
    public async Task Stream_ReadFromItsBeginning_GivesEveryReaderEverything()
    {
        await using MassTransitService writer = await StartAsync(service => service.ReceiveEndpoint(_name, endpoint => endpoint.Stream(stream => stream.MaxAge = TimeSpan.FromDays(1))));
        for (int number = 0; number < 10; number++)
        {
            await writer.SendAsync("exchange:" + _name, new Shop.PackOrder(number));
        }

        for (int reader = 0; reader < 2; reader++)
        {
            var read = new Inbox<int>();
            await using MassTransitService service = await StartAsync(service => service.ReceiveEndpoint(_name, endpoint =>
            {
                endpoint.ConcurrentMessageLimit = 1;
                endpoint.Stream(_name, stream =>
                {
                    stream.MaxAge = TimeSpan.FromDays(1);
                    stream.FromFirst();
                });
                endpoint.Handler<Shop.PackOrder>(context => PutAsync(read, context.Message.Number));
            }));

            Assert.Equal(Enumerable.Range(0, 10), await read.TakeAsync(10));
        }
    }

    [OwnBrokerFact]
    public async Task Schedule_SendAndPublish_ComeWhenTheirTimeHasCome()
    {
        var received = new Inbox<long>();
        await using MassTransitService service = await StartAsync(service => service.ReceiveEndpoint(_name, endpoint =>
        {
            endpoint.Handler<Shop.OrderPlaced>(_ => PutAsync(received, Stopwatch.GetTimestamp()));
            endpoint.Handler<Shop.PackOrder>(_ => PutAsync(received, Stopwatch.GetTimestamp()));
        }));
        IMessageScheduler scheduler = service.Bus.CreateDelayedMessageScheduler();
        const int DelayMs = 300;
        var delay = TimeSpan.FromMilliseconds(DelayMs);
        await scheduler.SchedulePublish(TimeSpan.FromDays(1), new Shop.OrderPlaced(0));

        long published = Stopwatch.GetTimestamp();
        await scheduler.SchedulePublish(delay, new Shop.OrderPlaced(1));
        RealTime.AssertNotBefore("The event", published, await received.TakeAsync(), DelayMs);

        long sent = Stopwatch.GetTimestamp();
        await scheduler.ScheduleSend(new Uri("queue:" + _name), delay, new Shop.PackOrder(2));
        RealTime.AssertNotBefore("The command", sent, await received.TakeAsync(), DelayMs);
        Assert.Equal(0, received.Count);
    }

    [OwnBrokerFact]
    public async Task Saga_EventsOfManyOrders_EachGoesThroughItsStates()
    {
        var finished = new Inbox<int>();
        await using MassTransitService service = await StartAsync(service =>
        {
            service.ReceiveEndpoint(_name + "-saga", endpoint =>
            {
                endpoint.ConcurrentMessageLimit = 1;
                endpoint.StateMachineSaga(new OrderSaga(), new InMemorySagaRepository<OrderSaga.Order>());
            });
            service.ReceiveEndpoint(_name, endpoint => endpoint.Handler<OrderSaga.Finished>(context => PutAsync(finished, context.Message.Number)));
        });

        foreach (int number in Enumerable.Range(1, 20))
        {
            var order = NewId.NextGuid();
            bool isPaid = number % 2 == 0;
            await service.Bus.Publish(new OrderSaga.Placed(order, number, isPaid ? TimeSpan.FromHours(1) : TimeSpan.FromMilliseconds(200)));
            if (isPaid)
            {
                await service.Bus.Publish(new OrderSaga.Paid(order));
            }
        }

        List<int> numbers = await finished.TakeAsync(20); // Paid ones at once, the others when their time has run out.
        Assert.Equal(Enumerable.Range(1, 10).Select(n => 2 * n).Concat(Enumerable.Range(1, 10).Select(n => 1 - (2 * n))).Order(), numbers.Order());
    }

    [Fact]
    public async Task Endpoint_WithEveryKindOfQueue_Consumes()
    {
        var received = new Inbox<int>();
        void Add(IRabbitMqBusFactoryConfigurator service, string kind, Action<IRabbitMqReceiveEndpointConfigurator> configure) =>
            service.ReceiveEndpoint(_name + kind, endpoint =>
            {
                configure(endpoint);
                endpoint.Handler<Shop.OrderPlaced>(context => PutAsync(received, context.Message.Number));
            });
        await using MassTransitService service = await StartAsync(service =>
        {
            Add(service, "-quorum", endpoint => endpoint.SetQuorumQueue(3));
            Add(service, "-lazy", endpoint => endpoint.Lazy = true);
            Add(service, "-single", endpoint => endpoint.SingleActiveConsumer = true);
            Add(service, "-expiring", endpoint => endpoint.QueueExpiration = TimeSpan.FromMinutes(1));
            Add(service, "-exclusive", endpoint => endpoint.ExclusiveConsumer = true);
            Add(service, "-priority", endpoint => endpoint.ConsumerPriority = 5);
            Add(service, "-temporary", endpoint => (endpoint.Durable, endpoint.AutoDelete) = (false, true));
            Add(service, "-purged", endpoint => endpoint.PurgeOnStartup = true);
            Add(service, "-timed", endpoint => endpoint.SetDeliveryAcknowledgementTimeout(m: 5));
        });

        await service.Bus.Publish(new Shop.OrderPlaced(7));

        Assert.Equal(Enumerable.Repeat(7, 9), await received.TakeAsync(9));
    }

    private static Task PutAsync<T>(Inbox<T> inbox, T item)
    {
        inbox.Put(item);
        return Task.CompletedTask;
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int known = Volatile.Read(ref target);
        while (value > known)
        {
            known = Interlocked.CompareExchange(ref target, value, known);
        }
    }

    private Task<MassTransitService> StartAsync(Action<IRabbitMqBusFactoryConfigurator>? configure = null) => MassTransitService.StartAsync(broker.Endpoint, _name, configure);

    private sealed class BatchTaker(Inbox<int[]> batches) : IConsumer<Batch<Shop.OrderPlaced>>
    {
        public Task Consume(ConsumeContext<Batch<Shop.OrderPlaced>> context) => PutAsync(batches, context.Message.Select(one => one.Message.Number).ToArray());
    }
}
