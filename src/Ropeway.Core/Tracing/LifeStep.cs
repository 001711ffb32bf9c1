namespace Ropeway.Core.Tracing;

/// <summary>One step of a message in a queue.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="At">When.</param>
/// <param name="Detail">To whom or why; null when there is nothing to say.</param>
public readonly record struct LifeStep(LifeStepKind Kind, DateTimeOffset At, string? Detail);
