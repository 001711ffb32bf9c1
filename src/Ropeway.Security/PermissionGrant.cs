namespace Ropeway.Security;

/// <summary>
/// What a user may do in a virtual host, as regular expressions over names of queues and exchanges. They match anywhere in a name
/// unless anchored; an empty one matches the empty name only, that is, nothing.
/// </summary>
/// <param name="User">The user's name.</param>
/// <param name="VirtualHost">The virtual host's name.</param>
/// <param name="Configure">Making and deleting.</param>
/// <param name="Write">Publishing, and binding to.</param>
/// <param name="Read">Consuming, and binding from.</param>
public sealed record PermissionGrant(string User, string VirtualHost, string Configure, string Write, string Read);
