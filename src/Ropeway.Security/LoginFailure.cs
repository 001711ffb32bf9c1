using System.Net;

namespace Ropeway.Security;

/// <summary>A login was refused. Immutable.</summary>
/// <param name="At">When.</param>
/// <param name="User">The name that the client gave, at most 255 characters of it.</param>
/// <param name="Address">Where the client is.</param>
/// <param name="Status">Why.</param>
public sealed record LoginFailure(DateTimeOffset At, string User, IPAddress Address, LoginStatus Status);
