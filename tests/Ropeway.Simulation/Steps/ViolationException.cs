namespace Ropeway.Simulation.Steps;

/// <summary>The broker has broken a promise.</summary>
internal sealed class ViolationException(string message) : Exception(message);
