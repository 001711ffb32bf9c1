namespace Ropeway.Simulation.Model;

/// <summary>A queue that was found after a recovery, or at the end.</summary>
/// <param name="Name">Its name.</param>
/// <param name="LogId">The id of its log.</param>
/// <param name="IsBound">Whether it is bound to the fanout exchange.</param>
/// <param name="Horizon">Below it the broker takes messages for delivered ones.</param>
/// <param name="Start">Below it everything is gone.</param>
/// <param name="Messages">The unsettled ones, by offset.</param>
internal sealed record FoundQueue(string Name, ulong LogId, bool IsBound, long Horizon, long Start, IReadOnlyList<FoundMessage> Messages);
