namespace Ropeway.Security;

/// <summary>Result of a login.</summary>
/// <param name="Status">How it ended.</param>
/// <param name="User">The user when accepted, else null.</param>
/// <param name="RetryAfter">When delayed: how long further attempts are refused; else zero.</param>
public readonly record struct LoginResult(LoginStatus Status, User? User, TimeSpan RetryAfter);
