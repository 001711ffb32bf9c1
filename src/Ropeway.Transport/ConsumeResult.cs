namespace Ropeway.Transport;

/// <summary>The answer of <see cref="ISession.Consume"/>.</summary>
/// <param name="ConsumedBytes">How many of the received bytes are done with, from the front; 0 or more.</param>
/// <param name="Status">What the connection does next.</param>
public readonly record struct ConsumeResult(int ConsumedBytes, ConsumeStatus Status);
