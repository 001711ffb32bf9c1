namespace Ropeway.Core.Routing.Explaining;

/// <summary>One thing that was looked at when a message was routed; immutable.</summary>
/// <param name="Exchange">The exchange that looked.</param>
/// <param name="Binding">The binding that was looked at; null when it was none: the name of a queue, an alternate exchange, a delay.</param>
/// <param name="Destination">Name of what the message goes to, or would go to.</param>
/// <param name="IsQueue">Whether that is a queue; else it is an exchange.</param>
/// <param name="IsMatched">Whether the message goes there.</param>
/// <param name="Why">The reason in words.</param>
public sealed record RouteStep(Exchange Exchange, Binding? Binding, string Destination, bool IsQueue, bool IsMatched, string Why);
