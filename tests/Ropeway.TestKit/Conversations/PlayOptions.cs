namespace Ropeway.TestKit.Conversations;

/// <summary>With whom a conversation is played.</summary>
/// <param name="Endpoint">The broker.</param>
/// <param name="TimeoutMs">How long an answer may take.</param>
/// <param name="StopBroker">Asks the broker to end, without waiting for it; null when the conversation does not.</param>
public sealed record PlayOptions(BrokerEndpoint Endpoint, int TimeoutMs, Action? StopBroker = null);
