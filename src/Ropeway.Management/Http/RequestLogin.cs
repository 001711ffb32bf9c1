using Ropeway.Management.Sessions;
using Ropeway.Security;

namespace Ropeway.Management.Http;

/// <summary>Who is behind a request. Immutable.</summary>
/// <param name="User">The user; null when the request is refused.</param>
/// <param name="Session">The session, when the request came with its cookie.</param>
/// <param name="Refusal">What the request is answered with; null when the user is known.</param>
internal sealed record RequestLogin(User? User, Session? Session, ApiReply? Refusal);
