namespace Ropeway.Management.Views;

/// <summary>How many findings there are of each severity, without those that are snoozed.</summary>
/// <param name="Bad">Something does not work.</param>
/// <param name="Warn">Something will not work for long.</param>
/// <param name="Note">Worth knowing.</param>
/// <param name="Snoozed">Those that are snoozed, of whatever severity.</param>
internal sealed record FindingCountsView(int Bad, int Warn, int Note, int Snoozed);
