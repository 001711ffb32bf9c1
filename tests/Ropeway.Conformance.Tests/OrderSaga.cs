using MassTransit;

namespace Ropeway.Conformance.Tests;

/// <summary>A saga of the MassTransit tests: an order is placed, then it is paid, or a scheduled message says that its time has run out.</summary>
public sealed class OrderSaga : MassTransitStateMachine<OrderSaga.Order>
{
    public OrderSaga()
    {
        InstanceState(order => order.CurrentState);
        Event(() => WasPlaced);
        Event(() => WasPaid);
        Schedule(() => Timeout, order => order.TimeoutId, schedule => schedule.Received = received => received.CorrelateById(context => context.Message.CorrelationId));

        Initially(
            When(WasPlaced)
                .Then(context => context.Saga.Number = context.Message.Number)
                .Schedule(Timeout, context => new Late(context.Saga.CorrelationId), context => context.Message.Patience)
                .TransitionTo(Open));
        During(
            Open,
            When(WasPaid).Publish(context => new Finished(context.Saga.Number)).TransitionTo(Done),
            When(Timeout!.Received).Publish(context => new Finished(-context.Saga.Number)).TransitionTo(Done));
        During(Done, Ignore(Timeout.Received));
    }

    public State Open { get; private set; } = null!;

    public State Done { get; private set; } = null!;

    public Event<Placed> WasPlaced { get; private set; } = null!;

    public Event<Paid> WasPaid { get; private set; } = null!;

    public Schedule<Order, Late> Timeout { get; private set; } = null!;

    public sealed record Placed(Guid CorrelationId, int Number, TimeSpan Patience) : CorrelatedBy<Guid>;

    public sealed record Paid(Guid CorrelationId) : CorrelatedBy<Guid>;

    public sealed record Late(Guid CorrelationId) : CorrelatedBy<Guid>;

    /// <summary>The order's end; the number is negative when its time had run out.</summary>
    public sealed record Finished(int Number);

    public sealed class Order : SagaStateMachineInstance
    {
        public Guid CorrelationId { get; set; }

        public string CurrentState { get; set; } = "";

        public int Number { get; set; }

        public Guid? TimeoutId { get; set; }
    }
}
