namespace Ropeway.Security;

/// <summary>
/// Which routing keys of one topic exchange a user may use, as regular expressions that match anywhere in a key unless anchored; an empty one matches
/// the empty key only. <c>{username}</c> and <c>{vhost}</c> in them stand for these names, literally. Without a grant for an exchange every key is allowed.
/// </summary>
/// <param name="User">The user's name.</param>
/// <param name="VirtualHost">The virtual host's name.</param>
/// <param name="Exchange">The exchange's name.</param>
/// <param name="Write">Keys to publish with.</param>
/// <param name="Read">Keys to bind with.</param>
public sealed record TopicGrant(string User, string VirtualHost, string Exchange, string Write, string Read);
