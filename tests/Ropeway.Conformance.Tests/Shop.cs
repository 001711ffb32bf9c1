namespace Ropeway.Conformance.Tests;

/// <summary>The messages that the services of the MassTransit tests send each other.</summary>
public static class Shop
{
    /// <summary>What all events of an order have.</summary>
    public interface IOrderEvent
    {
        int Number { get; }
    }

    /// <summary>An event; it is published.</summary>
    public sealed record OrderPlaced(int Number) : IOrderEvent;

    /// <summary>Another event.</summary>
    public sealed record OrderPaid(int Number) : IOrderEvent;

    /// <summary>A command; it is sent to one endpoint.</summary>
    public sealed record PackOrder(int Number);

    /// <summary>A request.</summary>
    public sealed record GetPrice(int Number);

    /// <summary>The answer to it.</summary>
    public sealed record Price(int Number, decimal Amount);
}
