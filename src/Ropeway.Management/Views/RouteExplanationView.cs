namespace Ropeway.Management.Views;

/// <summary>Where a message would go, and why.</summary>
internal sealed record RouteExplanationView(
    IEnumerable<string> Queues,
    bool Unroutable,
    IEnumerable<RouteStepView> Steps,
    long MoreSteps,
    IEnumerable<string> Alternate,
    IEnumerable<string> HeldBy,
    DateTimeOffset? HeldUntil,
    string? Refused);
