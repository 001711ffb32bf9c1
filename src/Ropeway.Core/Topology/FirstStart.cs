using Ropeway.Security;

namespace Ropeway.Core.Topology;

/// <summary>What is made in an empty data directory.</summary>
/// <param name="VirtualHost">The default virtual host.</param>
/// <param name="User">The default user, an administrator that may do everything there.</param>
/// <param name="Password">Its password; stays the caller's.</param>
public sealed record FirstStart(string VirtualHost, string User, Secret Password);
