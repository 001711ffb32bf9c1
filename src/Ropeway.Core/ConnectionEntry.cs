using System.Net;

namespace Ropeway.Core;

/// <summary>What is known of one open client connection.</summary>
/// <param name="Id">Unique in this process.</param>
/// <param name="Protocol">"AMQP 0-9-1", for example.</param>
/// <param name="Remote">The peer's address.</param>
/// <param name="User">Who logged in.</param>
/// <param name="VirtualHost">The virtual host it works in.</param>
/// <param name="ConnectedAt">When it was opened.</param>
public sealed record ConnectionEntry(long Id, string Protocol, IPEndPoint Remote, string User, string VirtualHost, DateTimeOffset ConnectedAt);
