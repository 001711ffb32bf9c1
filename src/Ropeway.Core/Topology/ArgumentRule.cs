using Ropeway.Messages;

namespace Ropeway.Core.Topology;

/// <summary>What holds for one argument of a queue declaration.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Check">Gives null when the value is fine, else what is wrong with it, in RabbitMQ's form. Gets the value and all arguments.</param>
/// <param name="IsForClassic">Whether classic queues take it.</param>
/// <param name="IsForQuorum">Whether quorum queues take it.</param>
/// <param name="IsForStream">Whether streams take it.</param>
internal sealed record ArgumentRule(
    string Name,
    Func<object?, FieldTable, string?> Check,
    bool IsForClassic = true,
    bool IsForQuorum = true,
    bool IsForStream = false);
