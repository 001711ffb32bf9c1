using Ropeway.TestKit.History;

namespace Ropeway.TestKit.Kills;

/// <summary>What all workers of a kill run share.</summary>
/// <param name="Gate">Keeps them in step with the broker.</param>
/// <param name="History">Checks what they see.</param>
/// <param name="Random">Each worker forks its own generator from it.</param>
/// <param name="Fail">Takes an unexpected end of a connection.</param>
internal sealed record KillContext(EpochGate Gate, DeliveryHistory History, SeededRandom Random, Action<string> Fail);
