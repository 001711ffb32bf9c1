namespace Ropeway.Management.Views;

/// <summary>How often users have tried to log in over one protocol.</summary>
internal sealed record LoginAttemptsView(
    string Protocol,
    long AuthAttempts,
    long AuthAttemptsFailed,
    long AuthAttemptsSucceeded);
