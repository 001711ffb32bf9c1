namespace Ropeway.Core.Policies;

/// <summary>A setting that policies can hold.</summary>
/// <param name="Name">Its name in definitions.</param>
/// <param name="Check">Gives null when a value is fine, else what is wrong with it, in RabbitMQ's words.</param>
/// <param name="Effect">What it changes something for. A setting for clusters, which changes nothing here, counts for everything that RabbitMQ takes it for.</param>
/// <param name="Excluded">Queue types that RabbitMQ passes over when a policy has this setting, whatever else is in it.</param>
/// <param name="IsForOperator">Whether operator policies can have it too.</param>
internal sealed record PolicyKey(string Name, Func<object?, string?> Check, PolicyReach Effect, PolicyReach Excluded = PolicyReach.None, bool IsForOperator = false);
