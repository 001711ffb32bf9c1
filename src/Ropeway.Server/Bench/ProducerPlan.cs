namespace Ropeway.Server.Bench;

/// <summary>What one producer shall do.</summary>
/// <param name="ProducerNumber">Its number in the stamps, from 0.</param>
/// <param name="BatchCount">Messages per write, at least 1.</param>
/// <param name="RatePerSecond">Messages per second; 0 as fast as it goes.</param>
/// <param name="MessageCount">Messages to send in the measured part; 0 until told to stop.</param>
/// <param name="CopiesPerMessage">Deliveries that each message becomes.</param>
internal sealed record ProducerPlan(int ProducerNumber, int BatchCount, double RatePerSecond, long MessageCount, int CopiesPerMessage);
